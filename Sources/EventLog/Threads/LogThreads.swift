/// Some threads that end together: whoever started them waits until the last one has.
final class LogThreads: Sendable {
    private let running = Monitor(0)

    /// Runs something on a new thread.
    func start(_ run: @escaping @Sendable () -> Void) throws(EventLogError) {
        running.change { $0 += 1 }
        do throws(EventLogError) {
            try LogThread.start { [running] in
                run()
                running.change { $0 -= 1 }
            }
        } catch {
            running.change { $0 -= 1 }
            throw error
        }
    }

    /// Blocks until all of them have ended.
    func waitUntilEnded() {
        running.wait { $0 == 0 ? () : nil }
    }
}
