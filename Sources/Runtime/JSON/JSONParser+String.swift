/// Strings: escapes, surrogate pairs, UTF-8.
extension JSONParser {
    /// A string, from its opening to behind its closing quote; empty when only checking.
    mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        // Most strings hold no escape, and are decoded from where they lie.
        try skipPlain()
        guard peek == UInt8(ascii: "\\") else { return try closeString(bytes[start..<offset]) }
        var decoded: [UInt8] = []
        var runStart = start
        while peek == UInt8(ascii: "\\") {
            if builds { decoded += bytes[runStart..<offset] }
            try escape(into: &decoded)
            runStart = offset
            try skipPlain()
        }
        if builds { decoded += bytes[runStart..<offset] }
        return try closeString(decoded)
    }

    private mutating func closeString(_ content: some Collection<UInt8>) throws(JSONError) -> String {
        guard take(UInt8(ascii: "\"")) else { throw fault(.unexpectedEnd) }
        return builds ? String(decoding: content, as: UTF8.self) : ""
    }

    /// Goes past everything up to a quote, a backslash or the end.
    private mutating func skipPlain() throws(JSONError) {
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): return
            case 0..<0x20: throw fault(.controlCharacter)
            case 0x20..<0x80: offset += 1
            default: try skipMultibyte(first: byte)
            }
        }
    }

    /// Goes past one well-formed sequence of two to four bytes (Unicode 16, table 3-7).
    private mutating func skipMultibyte(first: UInt8) throws(JSONError) {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: throw fault(.invalidUTF8)
        }
        guard offset + length <= bytes.count, second.contains(bytes[offset + 1]) else {
            throw fault(.invalidUTF8)
        }
        for index in 2..<max(length, 2) where bytes[offset + index] & 0xC0 != 0x80 {
            throw fault(.invalidUTF8)
        }
        offset += length
    }

    /// One escape, from its backslash on, appended as UTF-8.
    private mutating func escape(into decoded: inout [UInt8]) throws(JSONError) {
        let start = offset
        offset += 1
        guard let byte = peek else { throw fault(.unexpectedEnd) }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(byte)
        case UInt8(ascii: "b"): decoded.append(0x08)
        case UInt8(ascii: "f"): decoded.append(0x0C)
        case UInt8(ascii: "n"): decoded.append(0x0A)
        case UInt8(ascii: "r"): decoded.append(0x0D)
        case UInt8(ascii: "t"): decoded.append(0x09)
        case UInt8(ascii: "u"): try unicodeEscape(from: start, into: &decoded)
        default: throw fault(.unknownEscape, at: start)
        }
    }

    private mutating func unicodeEscape(from start: Int, into decoded: inout [UInt8]) throws(JSONError) {
        var scalar = try hexadecimal(from: start)
        if (0xD800...0xDBFF).contains(scalar) {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                throw fault(.loneSurrogate, at: start)
            }
            let low = try hexadecimal(from: start)
            guard (0xDC00...0xDFFF).contains(low) else { throw fault(.loneSurrogate, at: start) }
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
        }
        // What is left without a scalar is a low surrogate that nothing came before.
        guard let unicode = Unicode.Scalar(scalar) else { throw fault(.loneSurrogate, at: start) }
        if builds { decoded += Character(unicode).utf8 }
    }

    private mutating func hexadecimal(from start: Int) throws(JSONError) -> UInt32 {
        var result: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek else { throw fault(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault(.unknownEscape, at: start)
            }
            result = result << 4 | UInt32(digit)
            offset += 1
        }
        return result
    }
}
