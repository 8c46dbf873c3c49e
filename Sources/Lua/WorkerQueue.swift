import Glibc

/// The jobs that wait for a worker thread.
///
/// `@unchecked Sendable` is true because `entries`, `stopped` and `draining` are read and written under
/// `mutex` only.
final class WorkerQueue: @unchecked Sendable {
    struct Entry {
        let job: UnownedJob
        let executor: UnownedSerialExecutor
    }

    let name: String
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let arrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var entries: [Entry] = []
    private var stopped = false
    /// Somebody is running jobs: the thread while it lives, later whoever brought one.
    private var draining = true

    init(name: String) {
        self.name = name
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrived, nil)
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(mutex)
        arrived.deallocate()
        mutex.deallocate()
    }

    func add(_ entry: Entry) {
        pthread_mutex_lock(mutex)
        entries.append(entry)
        let runsHere = !draining
        draining = true
        pthread_cond_signal(arrived)
        pthread_mutex_unlock(mutex)
        if runsHere { run() }
    }

    /// False when it was stopped before.
    func stop() -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !stopped else { return false }
        stopped = true
        pthread_cond_signal(arrived)
        return true
    }

    /// Runs jobs until it is stopped and none is left.
    func run() {
        while let batch = next() {
            for entry in batch { entry.job.runSynchronously(on: entry.executor) }
        }
    }

    /// Waits for jobs and takes all of them.
    private func next() -> [Entry]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while entries.isEmpty {
            if stopped {
                draining = false
                return nil
            }
            pthread_cond_wait(arrived, mutex)
        }
        let batch = entries
        entries = []
        return batch
    }
}
