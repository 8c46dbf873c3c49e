import Runtime

/// Reads an answer that comes in lines of JSON (`application/x-ndjson`) from chunks that break anywhere.
struct AnswerLines {
    let url: String

    /// Bytes of the longest line.
    let bytesMax: Int

    private var line: [UInt8] = []

    init(url: String, bytesMax: Int) {
        self.url = url
        self.bytesMax = bytesMax
    }

    /// Takes a chunk; lines that say how far the work is go to `progress`.
    ///
    /// - Returns: what the last line holds; nil while it hasn't come.
    /// - Throws: `ClientError` for a problem, and for a line that isn't one of these.
    mutating func add(
        _ chunk: some Collection<UInt8>,
        _ progress: (_ done: Int, _ total: Int) -> Void
    ) throws(ClientError) -> JSONValue? {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            line += rest[..<end]
            rest = rest[rest.index(after: end)...]
            defer { line = [] }
            if let answer = try read(progress) { return answer }
        }
        line += rest
        guard line.count <= bytesMax else { throw .notPerilune(url: url, reason: "a line never ends") }
        return nil
    }

    private func read(_ progress: (Int, Int) -> Void) throws(ClientError) -> JSONValue? {
        let unreadable = ClientError.notPerilune(url: url, reason: "a line of its answer can't be read")
        let value: JSONValue
        do { value = try JSONValue(parsing: line) } catch { throw unreadable }
        guard let (name, member) = value.object?.first else { throw unreadable }
        switch name {
        case "progress":
            guard let done = member["done"]?.integer, let total = member["total"]?.integer else {
                throw unreadable
            }
            progress(Int(done), Int(total))
            return nil
        case "error":
            let bytes = Array(JSONText.compact(member).utf8)
            let status = member["status"]?.integer.map(Int.init) ?? 500
            guard let document = ProblemDocument(status: status, bytes: bytes) else { throw unreadable }
            throw .problem(document)
        default: return member
        }
    }
}
