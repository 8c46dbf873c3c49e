/// What is wrong with a JSON text, or with its use.
public enum JSONError: Error, Hashable, Sendable {
    /// The text is not JSON as the host takes it.
    case syntax(JSONFault, at: JSONPlace)

    /// A member has a value of another kind than the caller needs.
    case wrongKind(member: String, expected: String, found: String)

    /// A member that is needed is absent (or `null`).
    case missing(member: String)

    /// JSON has no way to write NaN or an infinity.
    case notFinite

    /// A value to write is nested deeper than `JSONValue.depthMax`.
    case tooDeep
}

/// A place in a JSON text.
public struct JSONPlace: Hashable, Sendable {
    /// Bytes before the place.
    public let offset: Int

    /// Line, from 1.
    public let line: Int

    /// Byte within the line, from 1.
    public let column: Int

    /// A place by its three numbers.
    public init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    init(offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.init(
            offset: offset,
            line: 1 + before.count { $0 == UInt8(ascii: "\n") },
            column: 1 + offset - lineStart
        )
    }
}

/// The ways in which a text can fail to be JSON; the raw value is the sentence that people read.
public enum JSONFault: String, Hashable, Sendable {
    case unexpectedEnd = "the text ends where more is expected"
    case noValue = "a value is expected here"
    case noName = "a member's name in double quotes is expected here"
    case noColon = "\":\" is expected here"
    case noCommaInObject = "\",\" or \"}\" is expected here"
    case noCommaInArray = "\",\" or \"]\" is expected here"
    case trailing = "there is something behind the value"
    case controlCharacter = "a control character must be escaped in a string"
    case unknownEscape = "this escape doesn't exist"
    case loneSurrogate = "this is half of a surrogate pair"
    case invalidUTF8 = "these bytes are not UTF-8"
    case leadingZero = "a number has no leading zeros"
    case noDigit = "a digit is expected here"
    case integerTooLarge = "this integer doesn't fit in 64 bits"
    case numberTooLarge = "this number doesn't fit in a double"
    case tooDeep = "this is nested deeper than 64 levels"
}

extension JSONError: CustomStringConvertible {
    /// Stable name of the case, for the API and the command line.
    public var code: String {
        switch self {
        case .syntax: "invalid-json"
        case .wrongKind: "json-wrong-kind"
        case .missing: "json-missing-member"
        case .notFinite: "json-not-finite"
        case .tooDeep: "json-too-deep"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .syntax(.integerTooLarge, _): "send large integers as strings"
        case .syntax(.numberTooLarge, _): "send it as a string"
        case .syntax(.tooDeep, _), .tooDeep: "flatten the value"
        case .syntax(.invalidUTF8, _): "encode the text as UTF-8"
        case .syntax: "correct the JSON at this place"
        case .wrongKind(let member, let expected, _): "give \(expected) for \(member.debugDescription)"
        case .missing(let member): "add \(member.debugDescription)"
        case .notFinite: "check for a division by zero"
        }
    }

    /// What is wrong, in one sentence.
    public var description: String {
        switch self {
        case .syntax(let fault, let place):
            "line \(place.line), column \(place.column) (byte \(place.offset)): \(fault.rawValue)"
        case .wrongKind(let member, let expected, let found):
            "\(member.debugDescription) must be \(expected), not \(found)"
        case .missing(let member): "\(member.debugDescription) is missing"
        case .notFinite: "NaN and infinity can't be written as JSON"
        case .tooDeep: "the value is nested deeper than \(JSONValue.depthMax) levels"
        }
    }
}
