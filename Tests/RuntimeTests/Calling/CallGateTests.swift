import Synchronization
import TestSupport
import Testing

@testable import Runtime

/// How many calls there are at once.
@Suite(.unlessItHangs) struct CallGateTests {
    @Test func `the gate lets so many in, and the next when one leaves`() async throws {
        let gate = CallGate(2)
        let inside = Mutex(0)
        try await gate.enter()
        try await gate.enter()
        let third = Task {
            try await gate.enter()
            inside.withLock { $0 += 1 }
        }
        for _ in 0..<100 { await Task.yield() }
        #expect(inside.withLock { $0 } == 0)
        gate.leave()
        try await third.value
        #expect(inside.withLock { $0 } == 1)
        gate.leave()
        gate.leave()
        // All left: two may enter again, and nobody has to wait.
        try await gate.enter()
        try await gate.enter()
    }

    @Test func `who is cancelled while waiting has nothing to leave, and takes nobody's place`() async throws
    {
        let gate = CallGate(1)
        try await gate.enter()
        let waiting = Task { try await gate.enter() }
        for _ in 0..<100 { await Task.yield() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        gate.leave()
        try await gate.enter()
        let late = Task {
            while !Task.isCancelled { await Task.yield() }
            try await gate.enter()
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        gate.leave()
        try await gate.enter()
    }
}
