/// Who publishes, and why: words for the history, which nothing depends on.
public struct PublishAuthor: Sendable {
    /// A name or an address.
    public var name: String?

    /// One line about the change.
    public var note: String?

    /// Bytes of each: a line, not a document.
    static let bytesMax = 500

    /// - Parameters:
    ///   - name: who, or nil when that isn't known.
    ///   - note: why, or nil.
    public init(name: String? = nil, note: String? = nil) {
        self.name = name
        self.note = note
    }

    func check() throws(RuntimeError) {
        for (what, text) in [("author", name), ("note", note)] where (text?.utf8.count ?? 0) > Self.bytesMax {
            throw .invalidInput("the \(what) has more than \(Self.bytesMax) bytes")
        }
        for (what, text) in [("author", name), ("note", note)]
        where text?.contains(where: \.isNewline) == true {
            throw .invalidInput("the \(what) has more than one line")
        }
    }
}
