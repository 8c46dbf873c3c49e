import EventLog
import Hummingbird
import Runtime

/// The log as files, for whoever copies it while it goes on: `perilune backup`.
///
/// A caller names a segment that the log has, and never a path. What a route gives was durable when it was
/// asked; the caller checks every frame.
struct BackupRoutes {
    let host: Host

    /// Read and sent at once: bounds what one backup holds in memory.
    private static let bytesAtOnce = 1 << 20

    /// `GET /backup`: what there is to copy, as of now.
    func list(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let listing = try host.backup().listing
        return Response.json { writer in
            writer.beginObject()
            writer.name("log")
            writer.string(listing.log.description)
            writer.name("position")
            writer.integer(listing.lastPosition)
            writer.name("chain")
            writer.integer(listing.chain)
            writer.name("segments")
            writer.beginArray()
            for segment in listing.segments { Self.write(segment, to: &writer) }
            writer.endArray()
            writer.endObject()
        }
    }

    private static func write(_ segment: BackupSegment, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("name")
        writer.string(segment.name)
        writer.name("number")
        writer.integer(segment.number)
        writer.name("first_position")
        writer.integer(segment.firstPosition)
        writer.name("bytes")
        writer.integer(segment.bytes)
        writer.name("ended")
        writer.bool(segment.isEnded)
        writer.name("chain")
        writer.integer(segment.chain)
        writer.endObject()
    }

    /// `GET /backup/{segment}?from=&to=`: its bytes from an offset on, to another one or to its durable end.
    func read(_ request: APIRequest) async throws -> Response {
        let name = try request.name("segment", for: .reading)
        let query = try request.query(["from", "to"])
        let backup = try host.backup()
        guard let segment = backup.segment(named: name) else {
            throw Problem(
                "unknown-segment",
                "the log has no segment \(name.debugDescription)",
                hint: "GET /backup lists those that there are"
            )
        }
        let durable = UInt64(segment.bytes)
        let end = try query.number("to") ?? durable
        let start = try query.number("from") ?? 0
        guard end <= durable else {
            throw Problem.invalidInput("to", "\(durable) bytes of the segment are durable, not \(end)")
        }
        guard start <= end else { throw Problem.invalidInput("from", "it lies behind byte \(end)") }
        return Response(
            status: .ok,
            headers: [.contentType: "application/octet-stream", .cacheControl: "no-store"],
            body: Self.body(backup, segment, Int(start)..<Int(end))
        )
    }

    private static func body(
        _ backup: LogBackup,
        _ segment: BackupSegment,
        _ range: Range<Int>
    ) -> ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            var offset = range.lowerBound
            while offset < range.upperBound {
                let wanted = min(bytesAtOnce, range.upperBound - offset)
                // What can't be read ends the connection: the head has long been sent, and a body that is too
                // short is the only way to say so.
                let bytes = try backup.bytes(of: segment, from: offset, atMost: wanted)
                try await writer.write(ByteBuffer(bytes: bytes))
                offset += bytes.count
            }
            try await writer.finish(nil)
        }
    }
}
