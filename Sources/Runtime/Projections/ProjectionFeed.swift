import EventLog
import ReadModels

/// What applies events to the rows of a projection: its definition, and the worker whose VM holds its code.
struct ProjectionCode: Sendable {
    let definition: ProjectionDefinition
    let worker: ScriptWorker
    let routing: Routing

    init(definition: ProjectionDefinition, worker: ScriptWorker) {
        self.definition = definition
        self.worker = worker
        routing = Routing(definition.routes)
    }
}

/// One generation of a projection's rows, and the code that keeps it up with the log.
///
/// Owned by one `ProjectionProcessor`.
final class ProjectionFeed {
    let model: ReadModel
    /// The code that the rows were made by; nil when it is gone.
    ///
    /// A host that starts with edited scripts has only the new code: the rows of the old one then stay as
    /// they are. Whoever exchanges scripts while they run can hand the old code over here, and both are fed.
    let code: ProjectionCode?
    /// The event that failed last, and how often it did in a row.
    var failing: Position = 0
    var attempts = 0

    init(_ model: ReadModel, by code: ProjectionCode?) {
        self.model = model
        self.code = code
    }

    var isFed: Bool { code != nil }
}
