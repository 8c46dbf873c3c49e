import EventLog
import Runtime
import TestSupport
import Testing

@Suite struct SameKeySameAnswerTests {
    /// Everything that a caller can see of an outcome.
    private func seen(_ outcome: CommandOutcome) throws -> String {
        switch outcome {
        case .accepted(let acceptance):
            let events = try acceptance.events.map { try "\($0.position) \($0.id) \(EventText.line($0))" }
            return "accepted at \(acceptance.position), revision \(acceptance.revision ?? 999): \(events)"
        case .refused(let refusal):
            return "refused: \(refusal.code), \(refusal.text)"
        }
    }

    @Test func `the same key gets the same answer, and takes effect once`() async throws {
        try await withHost(Apps.counter) { fixture in
            let first = try await fixture.execute("counter-1 add", #"{"amount":2}"#, key: "k")
            _ = try await fixture.execute("counter-1 add", #"{"amount":5}"#)
            let again = try await fixture.execute("counter-1 add", #"{"amount":2}"#, key: "k")
            #expect(try seen(again) == seen(first))
            #expect(try await fixture.state("counter-1") == #"{"value":7}"#)
        }
    }

    @Test(arguments: [#"{"limit":null}"#, #"{"amount":1,"more":{"deep":[null,{"n":null}]}}"#])
    func `arguments with nulls get their answer, and again under the same key`(arguments: String) async throws
    {
        try await withHost(Apps.counter) { fixture in
            let first = try await fixture.execute("counter-1 add", arguments, key: "k")
            let again = try await fixture.execute("counter-1 add", arguments, key: "k")
            #expect(try seen(again) == seen(first))
            #expect(try await fixture.state("counter-1") == #"{"value":1}"#)
        }
    }

    @Test func `a refusal is repeated too, also when the command would now be accepted`() async throws {
        try await withHost(Apps.counter) { fixture in
            try await fixture.append(#"counter-1 Added {"amount":5}"#)
            let first = try await fixture.execute("counter-1 add", #"{"limit":5}"#, key: "k")
            try await fixture.append(#"counter-1 Added {"amount":-3}"#)
            let again = try await fixture.execute("counter-1 add", #"{"limit":5}"#, key: "k")
            #expect(try seen(first) == "refused: over-the-limit, the counter is at 5")
            #expect(try seen(again) == seen(first))
            let fresh = try await fixture.execute("counter-1 add", #"{"limit":5}"#, key: "k2")
            #expect(try Decision(fresh) == .events([#"counter-1 Added {"amount":1}"#]))
        }
    }

    @Test func `concurrent attempts under one key get one answer`() async throws {
        try await withHost(Apps.counter, options: .init(workers: 4)) { fixture in
            let answers = try await withThrowingTaskGroup(of: CommandOutcome.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await fixture.execute("counter-1 add", key: "k") }
                }
                var answers: Set<String> = []
                for try await outcome in group { answers.insert(try seen(outcome)) }
                return answers
            }
            #expect(answers.count == 1)
            #expect(try fixture.events() == [#"counter-1 Added {"amount":1}"#])
            #expect(try fixture.recorded(.category("$command")).count == 1)
        }
    }

    @Test func `an answer that was lost on its way is given again`() async throws {
        let memory = MemoryLog()
        let losing = InterceptedLog(over: memory, commit: InterceptedLog.killed(after: 1, losingLast: true))
        try await withHost(Apps.counter, log: losing) { fixture in
            await #expect(throws: RuntimeError.self) { try await fixture.execute("counter-1 add", key: "k") }
        }
        try await withHost(Apps.counter, log: memory) { fixture in
            let again = try await fixture.execute("counter-1 add", key: "k")
            #expect(try Decision(again) == .events([#"counter-1 Added {"amount":1}"#]))
            #expect(try fixture.events().count == 1)
        }
    }

    @Test func `an attempt of which nothing was committed can be made again under its key`() async throws {
        try await withHost(Apps.counter) { fixture in
            await #expect(throws: RuntimeError.self) { try await fixture.execute("counter-1 fail", key: "k") }
            let outcome = try await fixture.execute("counter-1 add", key: "k")
            #expect(try Decision(outcome) == .events([#"counter-1 Added {"amount":1}"#]))
        }
    }

    @Test(arguments: ["counter-1 nothing", "counter-2 add"])
    func `a key that was used for another command is refused`(command: String) async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.execute("counter-1 add", key: "k")
            let newest = fixture.log.lastPosition
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute(command, key: "k")
            }
            #expect(error?.code == "idempotency-key-reused")
            #expect(error?.description == #"the idempotency key "k" was used for add of counter-1"#)
            #expect(fixture.log.lastPosition == newest)
        }
    }

    @Test func `a key lives in the log, not in the host`() async throws {
        let log = MemoryLog()
        let first = try await withHost(Apps.counter, log: log) { fixture in
            try seen(try await fixture.execute("counter-1 add", key: "k"))
        }
        let again = try await withHost(Apps.counter, log: log) { fixture in
            try seen(try await fixture.execute("counter-1 add", key: "k"))
        }
        #expect(again == first)
    }

    @Test func `a key that is too long is refused`() async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("counter-1 add", key: String(repeating: "k", count: 256))
            }
            #expect(error?.code == "invalid-name")
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test func `a key that was used with other arguments is refused`() async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.host.execute(HostFixture.command("counter-1 add", #"{"by":1}"#, key: "k"))
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.execute(HostFixture.command("counter-1 add", #"{"by":50}"#, key: "k"))
            }
            #expect(error?.code == "idempotency-key-reused")
        }
    }

    @Test func `a key of an append that was used for another event is refused`() async throws {
        try await withHost(Apps.counter) { fixture in
            func frame(_ text: String) throws -> NewFrame {
                NewFrame(events: [try EventText.event(text)], idempotencyKey: "append:k")
            }
            let first = try await fixture.host.commit(frame(#"seat-5 Taken {"by":"ann"}"#))
            let again = try await fixture.host.commit(frame(#"seat-5 Taken {"by":"ann"}"#))
            #expect(again.wasKnown)
            #expect(again.firstPosition == first.firstPosition)
            for other in [
                #"seat-6 Taken {"by":"ann"}"#, #"seat-5 Left {"by":"ann"}"#, #"seat-5 Taken {"by":"bob"}"#,
            ] {
                let error = await #expect(throws: RuntimeError.self) {
                    try await fixture.host.commit(frame(other))
                }
                #expect(error?.code == "idempotency-key-reused")
            }
            #expect(fixture.log.lastPosition == first.firstPosition)
        }
    }
}
