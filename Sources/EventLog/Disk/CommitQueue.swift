#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
///
/// @unchecked Sendable is true because every stored property is read and changed only with `mutex` held, the
/// two pointers aside, which never change and live as long as the queue.
final class CommitQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let isFilled: UnsafeMutablePointer<pthread_cond_t>

    private var queued: [PendingCommit] = []
    private var queuedBytes = 0
    private var outside: [PendingCommit] = []
    private var isClosed = false
    private var isFinished = false
    private var closers: [CheckedContinuation<Void, Never>] = []
    private let bytesMax: Int

    init(bytesMax: Int = LogLimits.queueBytesMax) {
        self.bytesMax = bytesMax
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        isFilled = .allocate(capacity: 1)
        isFilled.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(isFilled, nil)
    }

    deinit {
        pthread_cond_destroy(isFilled)
        pthread_mutex_destroy(mutex)
        isFilled.deallocate()
        mutex.deallocate()
    }

    private func locked<R>(_ body: () -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Queues a commit, or answers it at once when the log is closed.
    func push(_ commit: PendingCommit) {
        let isRefused = locked {
            if isClosed { return true }
            if !queued.isEmpty, queuedBytes + commit.size > bytesMax || !outside.isEmpty {
                outside.append(commit)
            } else {
                queued.append(commit)
                queuedBytes += commit.size
                pthread_cond_signal(isFilled)
            }
            return false
        }
        if isRefused { commit.answer(.failure(.closed)) }
    }

    /// Takes what is queued, up to some bytes and at least one commit.
    ///
    /// Blocks the calling thread, the writer's, until there is something; nil when the queue is closed and
    /// empty.
    func take(bytesMax: Int) -> [PendingCommit]? {
        locked {
            while queued.isEmpty, !isClosed { pthread_cond_wait(isFilled, mutex) }
            guard !queued.isEmpty else { return nil }
            var bytes = 0
            var count = 0
            while count < queued.count, count == 0 || bytes + queued[count].size <= bytesMax {
                bytes += queued[count].size
                count += 1
            }
            let taken = Array(queued[..<count])
            queued.removeFirst(count)
            queuedBytes -= bytes
            letIn()
            return taken
        }
    }

    /// Moves commits from outside into the room that was made.
    private func letIn() {
        var count = 0
        while count < outside.count, queued.isEmpty || queuedBytes + outside[count].size <= bytesMax {
            queued.append(outside[count])
            queuedBytes += outside[count].size
            count += 1
        }
        outside.removeFirst(count)
    }

    /// Lets nothing more in, and sends away who waits outside; what is queued is still taken.
    func close() {
        let refused = locked {
            isClosed = true
            pthread_cond_signal(isFilled)
            defer { outside = [] }
            return outside
        }
        for commit in refused { commit.answer(.failure(.closed)) }
    }

    /// The writer is done, and has let go of everything.
    func finish() {
        let waiting = locked {
            isFinished = true
            defer { closers = [] }
            return closers
        }
        for closer in waiting { closer.resume() }
    }

    /// Waits for `finish`.
    func waitUntilFinished() async {
        await withCheckedContinuation { continuation in
            let isOver = locked {
                if !isFinished { closers.append(continuation) }
                return isFinished
            }
            if isOver { continuation.resume() }
        }
    }
}
