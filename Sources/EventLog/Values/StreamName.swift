/// The name of a stream, `category-key`, split at the first `-`: `order-42` has category `order` and key
/// `42`.
///
/// A name without a `-` is all category, with an empty key. A category that starts with `$` belongs to the
/// host.
public struct StreamName: Hashable, Sendable, CustomStringConvertible {
    /// The whole name, as it is stored.
    public let text: String

    /// Takes a name that a person or a script gave.
    ///
    /// - Throws: `EventLogError.invalidName` for an empty name, one over `LogLimits.nameBytesMax`, one with
    ///   control characters (NUL among them), or one with an empty category.
    public init(_ text: String) throws(EventLogError) {
        try Self.check(text)
        self.text = text
    }

    /// Joins a category and a key, checking the result like `init(_:)`.
    public init(category: String, key: String) throws(EventLogError) {
        guard !category.utf8.contains(Self.separator) else {
            throw .invalidName(category, reason: "a category has no \"-\"; it ends at the first one")
        }
        try self.init(category + "-" + key)
    }

    /// Takes a name that the log itself stored, and has therefore checked before.
    init(stored text: String) {
        self.text = text
    }

    /// Names are the same when their bytes are: two spellings of one accented letter are two streams, as they
    /// are in the log and for whoever hashes the bytes.
    public static func == (left: StreamName, right: StreamName) -> Bool {
        left.text == right.text && left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Agrees with `==`: the same bytes hash alike.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)
    }

    /// The part before the first `-`.
    public var category: String {
        guard let split = text.utf8.firstIndex(of: Self.separator) else { return text }
        return String(text[..<split])
    }

    /// The part behind the first `-`; empty when there is none.
    public var key: String {
        guard let split = text.utf8.firstIndex(of: Self.separator) else { return "" }
        return String(text[text.utf8.index(after: split)...])
    }

    /// Whether the host alone may append here: the category starts with `$`.
    public var isHostOwned: Bool { text.utf8.first == UInt8(ascii: "$") }

    /// The name itself.
    public var description: String { text }

    /// How many of a name's bytes are its category.
    static func categoryLength(_ name: UnsafeRawBufferPointer) -> Int {
        name.firstIndex(of: separator) ?? name.count
    }

    /// What ends the category: the first `-`.
    public static let separator = UInt8(ascii: "-")

    private static func check(_ text: String) throws(EventLogError) {
        let bytes = text.utf8
        if bytes.isEmpty {
            throw .invalidName(text, reason: "it is empty")
        }
        if bytes.count > LogLimits.nameBytesMax {
            throw .invalidName(text, reason: "it is longer than \(LogLimits.nameBytesMax) bytes")
        }
        if bytes.first == separator {
            throw .invalidName(text, reason: "its category, the part before the first \"-\", is empty")
        }
        if text.withUTF8Bytes(\.hasControlCharacter) {
            throw .invalidName(text, reason: "it holds a control character")
        }
    }
}
