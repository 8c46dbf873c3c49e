import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// How the table of routes is served: one `run()` from binding to the last answer.
extension APIServer: Service {
    /// Listens until the service group shuts down gracefully or the task is cancelled; running requests are
    /// answered.
    ///
    /// - Throws: `ServerError` when it can't listen.
    public func run() async throws {
        try await run { _ in }
    }

    /// Like `run()`; `onListening` is called once, with the address that is really listened on.
    public func run(onListening: @escaping @Sendable (ListenAddress) async -> Void) async throws {
        let address = options.address
        guard address.isLoopback else { throw ServerError.tokensRequired(address) }
        let application = Application(
            router: router(),
            server: .http1(configuration: .init(idleTimeout: .seconds(ServerLimits.idleSecondsMax))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port),
                serverName: "perilune"
            ),
            onServerRunning: { channel in
                await onListening(
                    ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port)
                )
            },
            logger: options.logger
        )
        do {
            try await application.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ServerError.addressInUse(address)
        } catch let error as IOError {
            throw ServerError.cannotListen(address, reason: error.description)
        } catch let error as SocketAddressError {
            throw ServerError.cannotListen(address, reason: "\(error)")
        }
    }

    /// The table as a router: each known path answers every method, the wrong ones with 405.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: SameOriginMiddleware())
        for (path, routes) in Dictionary(grouping: routes, by: \.path) {
            for route in routes {
                for method in route.method == .get ? [.get, .head] : [route.method] {
                    router.on(RouterPath(path), method: method) { request, context in
                        try await route.handler(APIRequest(request: request, parameters: context.parameters))
                    }
                }
            }
            let allowed = routes.map(\.method.rawValue).sorted()
            let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
            for method in methods
            where !routes.contains(where: { $0.method == method || ($0.method == .get && method == .head) }) {
                router.on(RouterPath(path), method: method) { request, _ -> Response in
                    var problem = Problem(
                        "method-not-allowed",
                        "\(request.method) isn't answered here",
                        hint: "use \(allowed.joined(separator: " or "))"
                    )
                    problem.headers[.allow] = allowed.joined(separator: ", ")
                    throw problem
                }
            }
        }
        return router
    }
}
