import Hummingbird
import NIOCore
import Runtime

/// Reads a request's body within the limit, and leaves the connection in a state that its client can use.
///
/// A client that says beforehand that it sends too much is answered at once, and the rest is dropped as it
/// comes. One that doesn't say is read to `ServerLimits.bodyBytesDrained`, because many clients read no
/// answer before they have sent all. Whoever sends more than that loses the connection.
enum BodyReader {
    /// The bytes of the body; `declared` is the content length of the request, when it has one.
    static func read(
        _ body: RequestBody,
        declared: Int?,
        limit: Int = ServerLimits.bodyBytesMax
    ) async throws -> [UInt8] {
        let drained = max(limit, ServerLimits.bodyBytesDrained)
        if let declared, declared > limit {
            throw tooLarge(limit, closing: declared > drained)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declared ?? 0)
        var received = 0
        for try await chunk in body {
            received += chunk.readableBytes
            if received <= limit {
                bytes.append(contentsOf: chunk.readableBytesView)
            } else if received > drained {
                throw tooLarge(limit, closing: true)
            }
        }
        guard received <= limit else { throw tooLarge(limit, closing: false) }
        return bytes
    }

    private static func tooLarge(_ limit: Int, closing: Bool) -> Problem {
        var problem = Problem(
            "body-too-large",
            "the request's body is larger than \(limit) bytes",
            hint: "send it in several requests, or keep the large part elsewhere and refer to it",
            members: [("limit", .integer(Int64(limit)))]
        )
        problem.closesConnection = closing
        return problem
    }
}
