import EventLog
import ReadModels

/// The rows of one projection, folded from a log into a read model that is made for a look and thrown away.
///
/// It reads no more than what the projection is routed. Invariant: the rows are those of `model.position`;
/// an event that fails leaves them where they were a page before.
///
/// Called by `RowComparison` for both versions of a projection, by `SpecReadModels` for the rows of a spec,
/// and by `PastRows` for the queries of a prompt.
struct RowFold {
    let definition: ProjectionDefinition
    let session: ScriptSession
    let model: ReadModel

    private let routing: Routing

    init(_ definition: ProjectionDefinition, of session: ScriptSession, in model: ReadModel) {
        self.definition = definition
        self.session = session
        self.model = model
        routing = Routing(definition.routes)
    }

    /// Folds on, up to a position.
    ///
    /// - Parameters:
    ///   - end: the position; one that was reached already is nothing to do.
    ///   - log: which events.
    ///   - willFold: is told of each page how many events it has, before they are folded; what it throws
    ///     ends the fold there.
    /// - Returns: the failure of the event that ended it; nil when it has come to the position.
    /// - Throws: what reading the log, the read model and `willFold` throw.
    func advance(
        to end: Position,
        in log: any EventLog,
        willFold: (_ events: Int) throws -> Void = { _ in }
    ) throws -> ScriptFailure? {
        while model.position < end {
            let page = try log.read(
                ReadRequest(routing.filter, after: model.position, limit: RuntimeLimits.buildEventsMax)
            )
            let events = page.events.filter { $0.position <= end && routing.wants($0) }
            let next = min(end, page.scannedTo)
            try willFold(events.count)
            guard !events.isEmpty else {
                model.pass(to: next)
                continue
            }
            do throws(ProjectionFailure) {
                try session.apply(events, with: definition, to: model, upTo: next)
            } catch {
                switch error {
                case .event(_, let failure): return failure
                case .readModel(let error): throw error
                }
            }
        }
        return nil
    }
}
