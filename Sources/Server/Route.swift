import Hummingbird

/// One line of the table: a method, a path pattern, and who answers.
struct Route: Sendable {
    /// Answers a request, or throws what `Problem(describing:)` turns into a problem document.
    typealias Handler = @Sendable (APIRequest) async throws -> Response

    let method: HTTPRequest.Method
    let path: String
    let handler: Handler

    static func get(_ path: String, _ handler: @escaping Handler) -> Route {
        Route(method: .get, path: path, handler: handler)
    }

    static func post(_ path: String, _ handler: @escaping Handler) -> Route {
        Route(method: .post, path: path, handler: handler)
    }
}
