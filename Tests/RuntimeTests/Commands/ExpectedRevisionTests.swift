import EventLog
import Runtime
import Synchronization
import TestSupport
import Testing

/// A command with what its caller saw.
@Suite struct ExpectedRevisionTests {
    private func command(_ expected: ExpectedRevision, _ arguments: String = "") throws -> Command {
        var command = try HostFixture.command("counter-1 add", arguments)
        command.expected = expected
        return command
    }

    @Test func `two callers that saw the same don't both get through`() async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.execute("counter-1 add")
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await fixture.host.execute(try command(.exactly(0)))
                            return true
                        } catch RuntimeError.log(.wrongExpectedRevision) {
                            return false
                        } catch {
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(outcomes == 1)
            #expect(try await fixture.state("counter-1") == #"{"value":2}"#)
            #expect(try fixture.recorded(.category("$command")).count == 2)
        }
    }

    @Test func `a writer who comes between is told of, and nothing is decided again`() async throws {
        let isFirst = Mutex(true)
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let isNow = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isNow {
                let stream = try StreamName("counter-1")
                _ = try await log.commit(NewFrame(events: [NewEvent(stream: stream, type: "Noted")]))
            }
            return try await log.commit(frame)
        }
        try await withHost(Apps.counter, log: log) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.execute(try command(.none))
            }
            #expect(error?.description == "stream counter-1 was expected at none and is at 0")
            let records = try fixture.recorded(.category("$command"))
            #expect(records.isEmpty)
        }
    }

    @Test func `a refusal needs what was expected too`() async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.execute(try command(.exists, #"{"limit":0}"#))
            }
            #expect(error?.code == "wrong-expected-revision")
            let outcome = try Decision(try await fixture.host.execute(try command(.none, #"{"limit":0}"#)))
            #expect(outcome == .refused("over-the-limit"))
        }
    }
}
