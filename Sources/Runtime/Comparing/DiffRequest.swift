import EventLog

/// What to compare: two versions, over which part of a log, and of what.
public struct DiffRequest: Sendable {
    /// What the versions see of what follows from an event.
    public enum Downstream: String, Sendable {
        /// What is recorded, whatever they decided before: each difference is one of its own.
        case recorded
        /// What they decided themselves, each on a fork of its own.
        case recomputed
    }

    /// The scripts that are compared with.
    public var old: ScriptSet

    /// The scripts in question.
    public var new: ScriptSet

    /// The first position; nil for the log's first.
    public var from: Position?

    /// The last position; nil for the log's last.
    public var to: Position?

    /// Commands of this aggregate alone; nil for all, unless a handler is named.
    public var aggregate: String?

    /// Steps of this handler alone; nil for all, unless an aggregate is named.
    public var handler: String?

    /// What the versions see.
    public var downstream = Downstream.recorded

    /// All of a log.
    public init(old: ScriptSet, new: ScriptSet) {
        self.old = old
        self.new = new
    }

    /// Whether nothing is left out, so that states and rows can be compared too.
    var isWhole: Bool { aggregate == nil && handler == nil }

    func wants(_ step: RecordedStep) -> Bool {
        switch step.cause {
        case .command(let command, _): wants(commandOf: command.aggregate)
        case .event(_, let name): wants(handler: name)
        }
    }

    func wants(commandOf name: String) -> Bool { aggregate.map { $0 == name } ?? (handler == nil) }

    func wants(handler name: String) -> Bool { handler.map { $0 == name } ?? (aggregate == nil) }

    /// Refuses what could compare nothing but by a slip, which must not look as if nothing would change.
    ///
    /// - Throws: `RuntimeError.unknownAggregate`, `.unknownProcessor`, `.invalidInput`.
    func check(_ old: Definitions, _ new: Definitions, end: Position) throws(RuntimeError) {
        let aggregates = Set(old.aggregates.keys).union(new.aggregates.keys)
        if let aggregate, !aggregates.contains(aggregate) {
            throw .unknownAggregate(aggregate, known: aggregates.sorted())
        }
        let handlers = Set((old.handlers + new.handlers).map(\.name))
        if let handler, !handlers.contains(handler) {
            throw .unknownProcessor(handler, known: handlers.sorted())
        }
        let from = from ?? 1
        // Right behind the end is where what comes next will stand.
        guard from <= end + 1 else { throw .invalidInput("the log ends at position \(end), before \(from)") }
        if let to, to < from, from <= end {
            throw .invalidInput("the stretch ends at position \(to), before it begins at \(from)")
        }
    }
}
