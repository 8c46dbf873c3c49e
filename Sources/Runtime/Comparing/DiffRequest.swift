import EventLog

/// What to compare: two versions, over which part of a log, and of what.
public struct DiffRequest: Sendable {
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

    /// All of a log.
    public init(old: ScriptSet, new: ScriptSet) {
        self.old = old
        self.new = new
    }

    /// Whether nothing is left out, so that states and rows can be compared too.
    var isWhole: Bool { aggregate == nil && handler == nil }

    func wants(_ step: RecordedStep) -> Bool {
        switch step.cause {
        case .command(let command, _):
            aggregate.map { $0 == command.aggregate } ?? (handler == nil)
        case .event(_, let name):
            handler.map { $0 == name } ?? (aggregate == nil)
        }
    }
}
