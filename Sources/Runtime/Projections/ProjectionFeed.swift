import EventLog
import ReadModels

/// What applies events to the rows of a projection: its definition, and the worker whose VM holds its code.
///
/// Holds the version of the scripts that it is of, so that its VM stays while rows are kept up by it.
struct ProjectionCode: Sendable {
    let definition: ProjectionDefinition
    let version: ScriptVersion
    let worker: ScriptWorker
    let routing: Routing

    init(_ definition: ProjectionDefinition, of version: ScriptVersion, in pool: WorkerPool) {
        self.definition = definition
        self.version = version
        worker = pool.workers[Int(StableHash.of(definition.name.utf8) % UInt64(pool.count))]
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
    /// When scripts are exchanged while they run, the old code goes on here, and both are fed. A host that
    /// starts with edited scripts looks for the old ones in the log; the rows of code that it doesn't find
    /// stay as they are.
    var code: ProjectionCode?
    /// The event that failed last, and how often it did in a row.
    var failing: Position = 0
    var attempts = 0

    init(_ model: ReadModel, by code: ProjectionCode?) {
        self.model = model
        self.code = code
    }

    var isFed: Bool { code != nil }
}
