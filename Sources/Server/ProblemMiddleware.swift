import Hummingbird
import Logging
import Runtime

/// Around every route: turns whatever is thrown into a problem document, refuses paths with empty segments,
/// and echoes the correlation id.
///
/// It stands outermost, so nothing that a handler or the router throws reaches a client in another form.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try checkSegments(of: request.uri.path)
            response = try await next(request, context)
        } catch {
            let problem = Problem(describing: error)
            if problem.status == 500 {
                // A script's failure has a text with its place and its lines; that is what its writer needs.
                let text = problem.members.first { $0.name == "text" }?.value.string ?? problem.detail
                context.logger.error("\(request.method) \(request.uri.path) failed: \(text)")
            }
            response = problem.response
        }
        if let correlation = request.headers[.correlationID], HeaderText.isUsable(correlation) {
            response.headers[.correlationID] = correlation
        }
        return response
    }

    /// The router skips empty segments; here they are names that somebody forgot to fill in.
    private func checkSegments(of path: String) throws(Problem) {
        if path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") || path.contains("//") {
            throw Problem(
                "invalid-name",
                "the path has an empty segment",
                hint: "give every name in the path; no \"/\" at its end"
            )
        }
    }
}

extension Problem {
    /// The document as a response.
    var response: Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        let status = HTTPResponse.Status(code: status)
        let bytes = ByteBuffer(bytes: document)
        guard closesConnection else {
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
        }
        headers[.connection] = "close"
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(contentLength: bytes.readableBytes) { writer in
                try await writer.write(bytes)
                try await writer.finish(nil)
                // The only way to make the connection end here: the rest of the request is never read.
                throw self
            }
        )
    }
}
