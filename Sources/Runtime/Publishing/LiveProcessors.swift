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

    init(_ all: All) { current = Mutex(all) }

    var all: All { current.withLock { $0 } }

    func exchange(for all: All) { current.withLock { $0 = all } }

    func handler(_ name: String) -> HandlerProcessor? { all.handlers.first { $0.name == name } }

    func projection(_ name: String) -> ProjectionProcessor? { all.projections.first { $0.name == name } }
}
