import EventLog
import Lua

extension PackedReader {
    /// The next value as a name that the log may store.
    ///
    /// A script's text is bytes, and need not be UTF-8.
    ///
    /// - Throws: `EventLogError.invalidName` when it isn't UTF-8.
    mutating func name() throws(EventLogError) -> String {
        let bytes = textBytes()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidName(String(decoding: bytes, as: UTF8.self), reason: "it is not valid UTF-8")
        }
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

    /// The prelude has checked that it passes a text here.
    private mutating func textBytes() -> ArraySlice<UInt8> {
        guard case .string(let bytes)? = next() else {
            preconditionFailure("the prelude passed something else where a text belongs")
        }
        return bytes
    }
}
