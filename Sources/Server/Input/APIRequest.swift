import HTTPTypes
import Hummingbird
import NIOCore
import Runtime

/// A request as the routes see it: names, parameters, headers and the body, each checked when it is asked
/// for.
struct APIRequest: Sendable {
    let request: Request
    let parameters: Parameters

    /// The name in a path segment.
    func name(_ segment: String, for use: PathNames.Use) throws(Problem) -> String {
        // The router only calls a handler when the path has all the segments of its pattern.
        try PathNames.decode(parameters.get(segment) ?? "", as: segment, for: use)
    }

    /// The position in a path segment.
    func position(_ segment: String) throws(Problem) -> UInt64 {
        guard let text = parameters.get(segment), let position = UInt64(text) else {
            throw .invalidInput(segment, "the \(segment) in the path must be a whole number")
        }
        return position
    }

    /// The parameters behind the `?`; one that isn't in `known` is refused, for it is likely a slip.
    func query(_ known: [String] = []) throws(Problem) -> QueryParameters {
        try QueryParameters(parsing: request.uri.query ?? "").allowing(known)
    }

    /// A header that names something; nil when it is absent.
    func header(_ name: HTTPField.Name) throws(Problem) -> String? {
        guard let text = request.headers[name] else { return nil }
        return try HeaderText.check(text, of: name)
    }

    /// The whole body.
    /// - Throws: `Problem` with `body-too-large`; what the connection throws when the client leaves.
    func body(limit: Int = ServerLimits.bodyBytesMax) async throws -> [UInt8] {
        if let type = request.headers[.contentType], type.hasPrefix("application/cloudevents") {
            throw Problem(
                "unsupported-media-type",
                "CloudEvents are not available in this version",
                hint: "send application/json in the shape that the HTTP API page shows"
            )
        }
        return try await BodyReader.read(
            request.body,
            declared: request.headers[.contentLength].flatMap { Int($0) },
            limit: limit
        )
    }
}
