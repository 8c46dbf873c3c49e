/// Whether a text is JSON as Perilune has it: RFC 8259, nested no deeper than 64, UTF-8 without lone
/// surrogates, integers of 64 bits, floats that a double can hold.
///
/// Written to be read against the grammar, and not to be fast: it is what the decoder is compared with.
struct JSONAcceptor {
    private let text: [UInt8]
    private var place = 0

    private static let depthMax = 64

    static func accepts(_ text: [UInt8]) -> Bool {
        var acceptor = JSONAcceptor(text: text)
        return acceptor.value(depth: 0) && acceptor.place == text.count
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private var next: UInt8? { place < text.count ? text[place] : nil }

    private mutating func take(_ range: ClosedRange<UInt8>) -> Bool {
        guard let next, range.contains(next) else { return false }
        place += 1
        return true
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        let byte = UInt8(ascii: character)
        return take(byte...byte)
    }

    private mutating func take(word: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text[place...].starts(with: bytes) else { return false }
        place += bytes.count
        return true
    }

    private mutating func whiteSpace() {
        while take(" ") || take("\t") || take("\n") || take("\r") {}
    }

    /// A value with the white space around it.
    private mutating func value(depth: Int) -> Bool {
        whiteSpace()
        defer { whiteSpace() }
        if take("{") { return sequence(until: "}", depth: depth + 1) { $0.member(depth: depth + 1) } }
        if take("[") { return sequence(until: "]", depth: depth + 1) { $0.value(depth: depth + 1) } }
        if take("\"") { return restOfString() }
        return take(word: "true") || take(word: "false") || take(word: "null") || number()
    }

    private mutating func sequence(
        until end: Unicode.Scalar,
        depth: Int,
        _ item: (inout JSONAcceptor) -> Bool
    ) -> Bool {
        guard depth <= Self.depthMax else { return false }
        whiteSpace()
        if take(end) { return true }
        repeat { guard item(&self) else { return false } } while take(",")
        return take(end)
    }

    private mutating func member(depth: Int) -> Bool {
        whiteSpace()
        guard take("\""), restOfString() else { return false }
        whiteSpace()
        return take(":") && value(depth: depth)
    }

    private mutating func restOfString() -> Bool {
        while !take("\"") {
            guard take("\\") ? escape() : character() else { return false }
        }
        return true
    }

    private mutating func escape() -> Bool {
        if let next, "\"\\/bfnrt".utf8.contains(next) { return take(next...next) }
        guard take("u"), let code = hexDigits() else { return false }
        switch code {
        case 0xD800...0xDBFF:
            guard take("\\"), take("u"), let low = hexDigits() else { return false }
            return (0xDC00...0xDFFF).contains(low)
        case 0xDC00...0xDFFF: return false
        default: return true
        }
    }

    private mutating func hexDigits() -> Int? {
        let first = place
        for _ in 0..<4 {
            guard
                take(UInt8(ascii: "0")...UInt8(ascii: "9")) || take(UInt8(ascii: "a")...UInt8(ascii: "f"))
                    || take(UInt8(ascii: "A")...UInt8(ascii: "F"))
            else { return nil }
        }
        return Int(String(decoding: text[first..<place], as: UTF8.self), radix: 16)
    }

    /// One character by the table of RFC 3629, section 4.
    private mutating func character() -> Bool {
        let any: ClosedRange<UInt8> = 0x80...0xBF
        if take(0x20...0x7F) { return true }
        if take(0xC2...0xDF) { return take(any) }
        if take(0xE0...0xE0) { return take(0xA0...0xBF) && take(any) }
        if take(0xED...0xED) { return take(0x80...0x9F) && take(any) }
        if take(0xE1...0xEF) { return take(any) && take(any) }
        if take(0xF0...0xF0) { return take(0x90...0xBF) && take(any) && take(any) }
        if take(0xF4...0xF4) { return take(0x80...0x8F) && take(any) && take(any) }
        return take(0xF1...0xF3) && take(any) && take(any) && take(any)
    }

    private mutating func digits() -> Bool {
        let first = place
        while take(UInt8(ascii: "0")...UInt8(ascii: "9")) {}
        return place > first
    }

    private mutating func number() -> Bool {
        let first = place
        _ = take("-")
        guard take("0") || digits() else { return false }
        var isFloat = false
        if take(".") {
            isFloat = true
            guard digits() else { return false }
        }
        if take("e") || take("E") {
            isFloat = true
            _ = take("+") || take("-")
            guard digits() else { return false }
        }
        let written = String(decoding: text[first..<place], as: UTF8.self)
        return isFloat ? Double(written)?.isFinite == true : Int64(written) != nil
    }
}
