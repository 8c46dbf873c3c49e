#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Threads of our own for what blocks: a flush takes as long as the disk takes, and Swift's few cooperative
/// threads must not wait for it.
enum LogThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs something on a new thread, which ends with it.
    static func start(_ run: @escaping @Sendable () -> Void) throws(EventLogError) {
        let code = create(Unmanaged.passRetained(Body(run)).toOpaque())
        guard code == 0 else { throw POSIXFileSystem.refusal("start", "a thread", code: code) }
    }

    private static func create(_ body: UnsafeMutableRawPointer) -> Int32 {
        #if canImport(Darwin)
        let thread = UnsafeMutablePointer<pthread_t?>.allocate(capacity: 1)
        #else
        let thread = UnsafeMutablePointer<pthread_t>.allocate(capacity: 1)
        #endif
        defer { thread.deallocate() }
        let code = pthread_create(thread, nil, entry, body)
        if code == 0 {
            detach(thread.pointee)
        } else {
            // A body that no thread will run is let go of here.
            Unmanaged<Body>.fromOpaque(body).release()
        }
        return code
    }

    /// Runs blocking work on a thread of its own, and waits for it without blocking this one.
    static func run<R: Sendable>(
        _ work: @escaping @Sendable () throws(EventLogError) -> R
    ) async throws(EventLogError) -> R {
        let outcome: Result<R, EventLogError> = await withCheckedContinuation { continuation in
            do throws(EventLogError) {
                try start { continuation.resume(returning: Result(catching: work)) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try outcome.get()
    }

    #if canImport(Darwin)
    private static func detach(_ thread: pthread_t?) {
        if let thread { pthread_detach(thread) }
    }

    private static let entry: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
        runBody($0)
    }
    #else
    private static func detach(_ thread: pthread_t) {
        pthread_detach(thread)
    }

    private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        runBody($0)
    }
    #endif

    /// The one place that turns the pointer back into the body that `start` made it from; each is run once.
    private static func runBody(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
    }
}
