/// What a call came to: the answer, or why there is none.
typealias CallResult = Result<OutboundAnswer, CallFailure>

/// What the step of an event has asked of the world so far, and what it was told.
///
/// A step that calls out is run again from its beginning with these: its n-th call gets the n-th answer, if
/// it asks the same. The processor keeps them until the step is committed, fails or is parked; they serve
/// one attempt. A workflow has the same in its journal.
struct StepAnswers: Sendable {
    private struct Entry: Sendable {
        let digest: UInt64
        let result: CallResult
    }

    private var entries: [Entry] = []

    /// How many calls are answered.
    var count: Int { entries.count }

    /// Bytes of all bodies.
    var bytes: Int {
        entries.reduce(0) { sum, entry in
            guard case .success(let answer) = entry.result else { return sum }
            return sum + answer.body.count
        }
    }

    /// Microseconds that the newest answer asks to wait before the next attempt.
    var wait: Int64 {
        guard case .failure(.retryAfter(_, _, let microseconds))? = entries.last?.result else { return 0 }
        return microseconds
    }

    /// The answer to the call of this number, from 1; nil when there is none to this question.
    func answer(to call: PendingCall) -> CallResult? {
        guard entries.indices.contains(call.number - 1) else { return nil }
        let entry = entries[call.number - 1]
        return entry.digest == call.digest ? entry.result : nil
    }

    /// Adds the answer to a call.
    ///
    /// Those of its number and behind it were answers to other questions, and are dropped.
    mutating func add(_ result: CallResult, to call: PendingCall) {
        precondition(call.number <= entries.count + 1, "a step's calls are answered in order")
        entries.removeSubrange((call.number - 1)...)
        entries.append(Entry(digest: call.digest, result: result))
    }
}

/// A call that a step waits for.
struct PendingCall: Sendable {
    /// Its place among the calls of the step, from 1.
    let number: Int

    /// Tells one question from another: method, URL, the script's headers and body.
    let digest: UInt64

    /// What is asked, complete.
    let request: OutboundRequest
}
