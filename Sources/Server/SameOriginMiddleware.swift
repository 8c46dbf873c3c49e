import Hummingbird

/// Refuses what a foreign web page asks of the host through its reader's browser.
///
/// A page anywhere can make a browser send a plain `POST` to a loopback port, and nobody asks the reader.
/// Browsers say in `Origin` which page it was; programs send no such header, and are let through.
struct SameOriginMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        if request.method != .get, request.method != .head, let origin = request.headers[.origin] {
            guard let authority = request.head.authority, origin == "http://" + authority else {
                throw Problem(
                    "cross-origin",
                    "a page of \(origin.prefix(80).debugDescription) may not change anything here",
                    hint: "send requests from a program, or from a page that this host serves"
                )
            }
        }
        return try await next(request, context)
    }
}
