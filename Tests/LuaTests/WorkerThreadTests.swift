import Glibc
import Testing

@testable import Lua

@Suite("A worker thread runs its actor's jobs")
struct WorkerThreadTests {
    /// An actor with a VM, as a host has it.
    private actor Worker {
        let thread: WorkerThread
        private let bench: Bench
        private var places: [Int] = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        init(_ script: String) throws {
            thread = WorkerThread(name: "lua-test-worker")
            bench = try Bench(script)
        }

        func run() throws -> [PackedValue] { try bench.run() }

        func isOnItsThread() -> Bool {
            assertIsolated()
            return thread.isCurrent
        }

        func append(_ place: Int) { places.append(place) }

        func all() -> [Int] { places }

        /// Eats a stack that the shared pool's threads don't have.
        func stackDepth(_ depth: Int) -> Int {
            withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { bytes in
                bytes[0] = 1
                return depth == 0 ? 0 : Int(bytes[0]) + stackDepth(depth - 1)
            }
        }
    }

    @Test func `every job runs on the one thread`() async throws {
        let worker = try Worker("")
        for _ in 0..<20 { #expect(await worker.isOnItsThread()) }
        #expect(!worker.thread.isCurrent)
    }

    @Test func `scripts run there, with a stack of eight megabytes`() async throws {
        let worker = try Worker("local function f() return pcall(f) end function run() f() return 'fine' end")
        #expect(try await worker.run() == [.text("fine")])
        #expect(await worker.stackDepth(1200) == 1200)
    }

    @Test func `jobs from many tasks are all run, one at a time`() async throws {
        let worker = try Worker("")
        await withTaskGroup(of: Void.self) { group in
            for place in 0..<200 { group.addTask { await worker.append(place) } }
        }
        #expect(await worker.all().sorted() == Array(0..<200))
    }

    @Test func `a job that comes after the stop is run all the same`() async throws {
        let worker = try Worker("function run() return 'late' end")
        await worker.append(1)
        worker.thread.stop()
        worker.thread.stop()
        #expect(try await worker.run() == [.text("late")])
        #expect(await worker.all() == [1])
    }
}
