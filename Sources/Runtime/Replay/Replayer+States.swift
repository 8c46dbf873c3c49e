import EventLog
import Lua

/// The live states of a replay.
extension Replayer {
    /// Revisions of a stream that a step may fold by itself.
    ///
    /// A longer one is folded before it, with budgets of its own.
    private static let foldedMax: Revision = 5_000

    /// Folds a long stream of an aggregate up to the end of the view.
    func warm(_ stream: StreamName) throws(EventLogError) {
        guard session.definitions.aggregates[stream.category] != nil,
            let newest = try past.revision(of: stream), newest > Self.foldedMax
        else { return }
        var isBehind = true
        while isBehind {
            beginBatch()
            var results = housekeep("warm") { arguments in
                arguments.string(stream.category)
                arguments.string(stream.key)
            }
            if case .integer(let revision)? = results.next() {
                isBehind = revision < Int64(newest)
            } else {
                isBehind = false
            }
            session.discardEffects()
            settle(asRecorded: true)
        }
    }

    /// The state of an aggregate where the view ends, as canonical JSON; or why it can't be folded.
    ///
    /// - Throws: what reading the log throws.
    func state(of stream: StreamName) throws(EventLogError) -> String {
        try warm(stream)
        beginBatch()
        defer {
            session.discardEffects()
            settle(asRecorded: true)
        }
        do {
            var results = try session.call("state_now", context: "state of \(stream)") { arguments in
                arguments.string(stream.category)
                arguments.string(stream.key)
            }
            return String(decoding: results.jsonText(), as: UTF8.self)
        } catch {
            undo(after: error)
            guard case .failed(let failure) = error else { preconditionFailure("a fold decides nothing") }
            return failure.summary
        }
    }
}
