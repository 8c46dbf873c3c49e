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
        while let revision = warmPage(of: stream), revision < Int64(newest) {}
    }

    /// Folds one page of it; the revision that was reached, nil when the fold fails or has no end.
    ///
    /// The step behind it fails there too, and says where.
    private func warmPage(of stream: StreamName) -> Int64? {
        beginBatch()
        defer { settle(committed: true) }
        do {
            var results = try fold(stream, by: "warm")
            session.discardEffects()
            guard case .integer(let revision)? = results.next() else { return nil }
            return revision
        } catch {
            undo(after: error)
            return nil
        }
    }

    private func fold(_ stream: StreamName, by function: String) throws(StepStop) -> PackedReader {
        try scripted { () throws(StepStop) in
            try session.call(function, context: "state of \(stream)") { arguments in
                arguments.string(stream.category)
                arguments.string(stream.key)
            }
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
            settle(committed: true)
        }
        do {
            var results = try fold(stream, by: "state_now")
            return String(decoding: results.jsonText(), as: UTF8.self)
        } catch {
            undo(after: error)
            guard case .failed(let failure) = error else { preconditionFailure("a fold decides nothing") }
            return failure.summary
        }
    }
}
