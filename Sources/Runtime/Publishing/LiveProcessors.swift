import ReadModels
import Synchronization

/// The processors that run now; they come and go with the scripts that declare them.
final class LiveProcessors: Sendable {
    /// Handlers and projections, each as they are declared.
    struct All: Sendable {
        var router: Router
        var handlers: [HandlerProcessor]
        var projections: [ProjectionProcessor]
    }

    private let current: Mutex<All>

    /// Those of the version that a host begins with.
    init(of version: ScriptVersion, store: ReadModelStore, context: ProcessorContext) throws {
        let definitions = version.definitions
        let router = Router(for: definitions.handlers, log: context.log, logger: context.logger)
        let handlers = try definitions.handlers.map {
            try HandlerProcessor($0, of: version, router: router, context: context)
        }
        let projections = try definitions.projections.map {
            try ProjectionProcessor($0, of: version, store: store, context: context)
        }
        current = Mutex(All(router: router, handlers: handlers, projections: projections))
    }

    var all: All { current.withLock { $0 } }

    func exchange(for all: All) { current.withLock { $0 = all } }

    func handler(_ name: String) -> HandlerProcessor? { all.handlers.first { $0.name == name } }

    func projection(_ name: String) -> ProjectionProcessor? { all.projections.first { $0.name == name } }
}
