import Hummingbird
import Runtime

/// JSON line by line, for an answer that takes a while: each line is an object with one member, which says
/// what it is (`application/x-ndjson`).
enum JSONLines {
    static let contentType = "application/x-ndjson"

    /// Whether a client asks for lines.
    static func areWanted(by request: Request) -> Bool {
        request.headers[values: .accept].contains { $0.contains(contentType) }
    }

    /// `{"progress":{"done":…,"total":…}}`.
    static func progress(_ done: Int, of total: Int) -> ByteBuffer {
        line("progress") { writer in
            writer.beginObject()
            writer.name("done")
            writer.integer(done)
            writer.name("total")
            writer.integer(total)
            writer.endObject()
        }
    }

    /// `{"error":…}`, with a problem document: the head has long been sent.
    static func error(_ problem: Problem) -> ByteBuffer {
        line("error") { $0.raw(problem.document[...]) }
    }

    /// `{"<name>":…}`.
    static func line(_ name: String, _ write: (inout JSONWriter) throws -> Void) rethrows -> ByteBuffer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name(name)
        try write(&writer)
        writer.endObject()
        return ByteBuffer(bytes: writer.bytes + [UInt8(ascii: "\n")])
    }
}
