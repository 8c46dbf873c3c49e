import Glibc

/// A serial executor on one thread of its own, for an actor that owns a `LuaVM`.
///
/// Deep recursion in scripts and patterns needs a stack of known size, which the shared pool doesn't give;
/// and a slow script must not hold a thread of the pool.
public final class WorkerThread: SerialExecutor {
    /// Recursive patterns and protected calls were seen to need 512 KB; this leaves a wide margin.
    public static let stackBytes = 8 << 20

    private let queue: WorkerQueue
    private let thread: pthread_t

    /// Starts the thread.
    ///
    /// The name (at most 15 bytes are kept) is what process tools show.
    public init(name: String) {
        let queue = WorkerQueue(name: name)
        self.queue = queue
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(queue).toOpaque()
        let status = pthread_create(&thread, &attributes, runWorkerQueue, context)
        precondition(status == 0, "a worker thread can't be started: \(String(cString: strerror(status)))")
        self.thread = thread
    }

    deinit {
        stop()
    }

    /// Runs a job of the actor on the thread, after those that came before.
    public func enqueue(_ job: consuming ExecutorJob) {
        queue.add(WorkerQueue.Entry(job: UnownedJob(job), executor: asUnownedSerialExecutor()))
    }

    /// For the actor's `unownedExecutor`.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Traps when it isn't running on this thread.
    public func checkIsolated() {
        precondition(isCurrent, "this code belongs to another thread")
    }

    /// Whether the caller runs on this thread.
    public var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// Ends the thread after the jobs that are waiting, and waits for that.
    ///
    /// A job that comes later runs on the thread of whoever brings it, still one at a time.
    public func stop() {
        guard queue.stop() else { return }
        if isCurrent { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }
}

private func runWorkerQueue(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { preconditionFailure("a worker thread was started without its queue") }
    let queue = Unmanaged<WorkerQueue>.fromOpaque(context).takeRetainedValue()
    showName(queue.name)
    queue.run()
    return nil
}

/// Names the calling thread for process tools.
///
/// Glibc's call for it is hidden from Swift; the kernel's file does the same, and where it is missing a
/// thread goes without a name.
private func showName(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY)
    guard file >= 0 else { return }
    _ = write(file, name, min(name.utf8.count, 15))
    close(file)
}
