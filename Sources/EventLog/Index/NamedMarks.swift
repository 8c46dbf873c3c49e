/// Marks by the names of their processors, which are what index files keep: symbols are numbers of one log's
/// table, and not all of them are known where a file is read.
typealias NamedMarks = [ProcessorName: [Int: Position]]

/// The name of a processor.
///
/// Names are the same when their bytes are, as they are in the files: for `String`, two spellings of one
/// accented letter are one.
struct ProcessorName: Hashable, Sendable, ExpressibleByStringLiteral {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    init(stringLiteral text: String) {
        self.text = text
    }

    static func == (left: ProcessorName, right: ProcessorName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        // Equal bytes are equal text, and hash alike.
        hasher.combine(text)
    }
}
