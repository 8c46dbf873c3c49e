/// A commit that waits for its answer.
struct PendingCommit {
    let frame: NewFrame
    /// An upper bound for its encoded size, in bytes.
    let size: Int
    let continuation: CheckedContinuation<Result<Receipt, EventLogError>, Never>

    func answer(_ outcome: Result<Receipt, EventLogError>) {
        continuation.resume(returning: outcome)
    }
}

/// Where commits wait for the writer thread, in order.
///
/// At most `LogLimits.queueBytesMax` are queued; a commit beyond that waits outside, in order too, and is let
/// in as the writer takes others.
///
/// A queued commit will be written if it can be; one that still waits outside when the log closes or fails is
/// told so, and certainly wasn't written.
final class CommitQueue: Sendable {
    private struct State {
        var queued: [PendingCommit] = []
        var queuedBytes = 0
        var outside: [PendingCommit] = []
        var isClosed = false
        var isFinished = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Monitor(State())
    private let bytesMax: Int

    init(bytesMax: Int = LogLimits.queueBytesMax) {
        self.bytesMax = bytesMax
    }

    /// Queues a commit, or answers it at once when the log is closed.
    func push(_ commit: PendingCommit) {
        let isRefused = state.change { state in
            if state.isClosed { return true }
            if !state.queued.isEmpty, state.queuedBytes + commit.size > bytesMax || !state.outside.isEmpty {
                state.outside.append(commit)
            } else {
                state.queued.append(commit)
                state.queuedBytes += commit.size
            }
            return false
        }
        if isRefused { commit.answer(.failure(.closed)) }
    }

    /// Takes what is queued, up to some bytes and at least one commit.
    ///
    /// Blocks the calling thread, the writer's, until there is something; nil when the queue is closed and
    /// empty.
    func take(bytesMax groupBytesMax: Int) -> [PendingCommit]? {
        let taken = state.wait { state -> [PendingCommit]? in
            guard !state.queued.isEmpty else { return state.isClosed ? [] : nil }
            if state.queuedBytes <= groupBytesMax, state.outside.isEmpty {
                defer {
                    state.queued = []
                    state.queuedBytes = 0
                }
                return state.queued
            }
            return takeSome(groupBytesMax, &state)
        }
        return taken.isEmpty ? nil : taken
    }

    private func takeSome(_ groupBytesMax: Int, _ state: inout State) -> [PendingCommit] {
        var bytes = 0
        var count = 0
        while count < state.queued.count, count == 0 || bytes + state.queued[count].size <= groupBytesMax {
            bytes += state.queued[count].size
            count += 1
        }
        let taken = Array(state.queued[..<count])
        state.queued.removeFirst(count)
        state.queuedBytes -= bytes
        letIn(&state)
        return taken
    }

    /// Moves commits from outside into the room that was made.
    private func letIn(_ state: inout State) {
        var count = 0
        while count < state.outside.count,
            state.queued.isEmpty || state.queuedBytes + state.outside[count].size <= bytesMax
        {
            state.queued.append(state.outside[count])
            state.queuedBytes += state.outside[count].size
            count += 1
        }
        state.outside.removeFirst(count)
    }

    /// Lets nothing more in, and sends away who waits outside; what is queued is still taken.
    func close() {
        let refused = state.change { state in
            state.isClosed = true
            defer { state.outside = [] }
            return state.outside
        }
        for commit in refused { commit.answer(.failure(.closed)) }
    }

    /// The writer is done, and has let go of everything.
    func finish() {
        let waiting = state.change { state in
            state.isFinished = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in waiting { closer.resume() }
    }

    /// Waits for `finish`.
    func waitUntilFinished() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isFinished { state.closers.append(continuation) }
                return state.isFinished
            }
            if isOver { continuation.resume() }
        }
    }
}
