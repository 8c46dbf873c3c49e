/// Numbers: integers stay exact, everything else becomes the nearest double.
extension JSONParser {
    /// A number, converted even when only checking, because one that doesn't fit is refused.
    mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if isDigit { throw fault(.leadingZero, at: start) }
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "-")) { _ = take(UInt8(ascii: "+")) }
            try digits()
        }
        return isInteger ? .integer(try integer(from: start)) : .float(try float(from: start))
    }

    private var isDigit: Bool { peek.map { (0x30...0x39).contains($0) } ?? false }

    private mutating func digits() throws(JSONError) {
        guard isDigit else { throw fault(.noDigit) }
        while isDigit { offset += 1 }
    }

    private func integer(from start: Int) throws(JSONError) -> Int64 {
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var result: Int64 = 0
        // Counted downwards, because the smallest Int64 has no positive counterpart.
        for byte in bytes[(isNegative ? start + 1 : start)..<offset] {
            let (shifted, overflows) = result.multipliedReportingOverflow(by: 10)
            let (next, underflows) = shifted.subtractingReportingOverflow(Int64(byte - 0x30))
            if overflows || underflows { throw fault(.integerTooLarge, at: start) }
            result = next
        }
        if isNegative { return result }
        if result == .min { throw fault(.integerTooLarge, at: start) }
        return -result
    }

    private func float(from start: Int) throws(JSONError) -> Double {
        // The standard library rounds correctly, and knows no locale. Too small a number is zero, as
        // everywhere.
        guard let result = Double(String(decoding: bytes[start..<offset], as: UTF8.self)), result.isFinite
        else {
            throw fault(.numberTooLarge, at: start)
        }
        return result
    }
}
