import EventLog
import Lua

extension PackedReader {
    /// The next value as a name that the log may store.
    ///
    /// A script's text is bytes, and need not be UTF-8.
    ///
    /// - Throws: `EventLogError.invalidName` when it isn't UTF-8.
    mutating func name() throws(EventLogError) -> String {
        // Each event that a step emits has two, and this costs half of a validating initializer: what was
        // repaired isn't the same any more.
        let (text, isRepaired) = textBytes().withUnsafeBytes { bytes in
            var text = String(decoding: bytes, as: UTF8.self)
            return (text, text.withUTF8 { !Self.areSame(bytes, UnsafeRawBufferPointer($0)) })
        }
        if isRepaired { throw .invalidName(text, reason: "it is not valid UTF-8") }
        return text
    }

    /// The next value as a name, or nil for nil.
    mutating func nameIfAny() throws(EventLogError) -> String? {
        var ahead = self
        guard case .string? = ahead.next() else {
            self = ahead
            return nil
        }
        return try name()
    }

    /// The next value as text for people: what isn't UTF-8 is replaced.
    mutating func text() -> String { String(decoding: textBytes(), as: UTF8.self) }

    /// The next value as JSON; nil for nil and behind the last value.
    ///
    /// A text is JSON that the prelude encoded.
    mutating func json() -> ArraySlice<UInt8>? {
        switch next() {
        case .json(let bytes)?, .string(let bytes)?: bytes
        default: nil
        }
    }

    /// The next value as JSON text, whatever it is; `null` behind the last one.
    mutating func jsonText() -> [UInt8] {
        var writer = JSONWriter(capacity: 32)
        switch next() {
        case nil, .null?: writer.null()
        case .bool(let value)?: writer.bool(value)
        case .integer(let value)?: writer.integer(value)
        case .float(let value)?: return value.isFinite ? Array(value.description.utf8) : Array("null".utf8)
        case .string(let bytes)?: writer.string(String(decoding: bytes, as: UTF8.self))
        case .json(let bytes)?: return Array(bytes)
        }
        return writer.bytes
    }

    private static func areSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        for place in 0..<left.count where left[place] != right[place] { return false }
        return true
    }

    /// The prelude has checked that it passes a text here.
    private mutating func textBytes() -> ArraySlice<UInt8> {
        guard case .string(let bytes)? = next() else {
            preconditionFailure("the prelude passed something else where a text belongs")
        }
        return bytes
    }
}
