import EventLog
import Runtime
import TestSupport
import Testing

@Suite struct CommandTests {
    @Test func `an accepted command appends what it decided, and answers with it`() async throws {
        try await withHost(Apps.counter) { fixture in
            guard
                case .accepted(let acceptance) = try await fixture.execute("counter-1 add", #"{"amount":2}"#)
            else {
                Issue.record("the command was refused")
                return
            }
            #expect(try acceptance.events.map(EventText.line) == [#"counter-1 Added {"amount":2}"#])
            #expect(acceptance.revision == 0)
            #expect(acceptance.position == fixture.log.lastPosition)
            #expect(try fixture.events() == [#"counter-1 Added {"amount":2}"#])
        }
    }

    @Test func `a command that decides nothing is accepted and appends nothing to its stream`() async throws {
        try await withHost(Apps.counter) { fixture in
            guard case .accepted(let acceptance) = try await fixture.execute("counter-1 nothing") else {
                Issue.record("the command was refused")
                return
            }
            #expect(acceptance.events.isEmpty)
            #expect(acceptance.revision == nil)
            #expect(try fixture.events().isEmpty)
        }
    }

    @Test func `a refused command answers with the script's code and text, and appends nothing`() async throws
    {
        try await withHost(Apps.counter) { fixture in
            try await fixture.append(#"counter-1 Added {"amount":4}"#)
            guard
                case .refused(let refusal) = try await fixture.execute(
                    "counter-1 add",
                    #"{"amount":2,"limit":5}"#
                )
            else {
                Issue.record("the command was accepted")
                return
            }
            #expect(refusal == Refusal(code: "over-the-limit", text: "the counter is at 4"))
            #expect(try fixture.events() == [#"counter-1 Added {"amount":4}"#])
        }
    }

    @Test func `what was asked and what came of it is recorded`() async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.execute("counter-1 add", #"{"amount":2}"#)
            _ = try await fixture.execute("counter-1 add", #"{"amount":2,"limit":3}"#)
            _ = try await fixture.execute("counter-1 nothing")
            let refused =
                #"{"aggregate":"counter","args":{"amount":2,"limit":3},"code":"over-the-limit","#
                + #""command":"add","key":"1","now":1750000000000,"text":"the counter is at 2"}"#
            #expect(
                try fixture.events(of: "$command-counter-1") == [
                    #"$command-counter-1 CommandAccepted "#
                        + #"{"aggregate":"counter","args":{"amount":2},"command":"add","key":"1","#
                        + #""now":1750000000000}"#,
                    #"$command-counter-1 CommandRefused "# + refused,
                    #"$command-counter-1 CommandAccepted "#
                        + #"{"aggregate":"counter","args":{},"command":"nothing","key":"1","#
                        + #""now":1750000000000}"#,
                ]
            )
        }
    }

    @Test func `an event says what decided it, in answer to what, in which conversation, by which rules`()
        async throws
    {
        try await withHost(Apps.counter) { fixture in
            var command = try HostFixture.command("counter-1 add")
            command.correlation = "visit-77"
            _ = try await fixture.host.execute(command)
            let record = try #require(try fixture.recorded(.category("$command")).first)
            let event = try #require(try fixture.recorded(.category("counter")).first)
            let expected: [String: JSONValue] = [
                "by": "counter.add",
                "causation": .string(record.id.description),
                "correlation": "visit-77",
                "rule": .string(fixture.host.scripts.hash),
            ]
            #expect(try event.metaFields() == expected)
        }
    }

    @Test func `a command without a correlation starts a conversation under its own id`() async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.execute("counter-1 add")
            let record = try #require(try fixture.recorded(.category("$command")).first)
            let meta = try #require(try fixture.recorded(.category("counter")).first).metaFields()
            #expect(meta["correlation"] == .string(record.id.description))
            #expect(meta["causation"] == .string(record.id.description))
        }
    }

    @Test func `an event that was appended from outside is folded before the next decision`() async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.execute("counter-1 add", #"{"amount":1}"#)
            try await fixture.append(#"counter-1 Added {"amount":4}"#)
            let outcome = try await fixture.execute("counter-1 add", #"{"amount":1,"limit":5}"#)
            #expect(try Decision(outcome) == .refused("over-the-limit"))
        }
    }

    @Test func `a decision that another writer overtook is taken again on what the stream holds now`()
        async throws
    {
        let below = MemoryLog()
        let log = InterceptedLog(over: below) { frame, log throws(EventLogError) in
            if log.lastPosition == 0 {
                let stream = try StreamName("counter-1")
                let data = Array(#"{"amount":4}"#.utf8)[...]
                _ = try await log.commit(
                    NewFrame(events: [NewEvent(stream: stream, type: "Added", data: data)])
                )
            }
            return try await log.commit(frame)
        }
        try await withHost(Apps.counter, log: log) { fixture in
            let outcome = try await fixture.execute("counter-1 add", #"{"amount":2,"limit":5}"#)
            #expect(try Decision(outcome) == .refused("over-the-limit"))
            #expect(try fixture.events() == [#"counter-1 Added {"amount":4}"#])
        }
    }

    @Test func `a stream that others keep changing makes the command give up, with a clear error`()
        async throws
    {
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let stream = try StreamName("counter-1")
            _ = try await log.commit(
                NewFrame(events: [
                    NewEvent(stream: stream, type: "Added", data: Array(#"{"amount":1}"#.utf8)[...])
                ])
            )
            return try await log.commit(frame)
        }
        try await withHost(Apps.counter, log: log) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("counter-1 add", #"{"amount":1000}"#)
            }
            let records = try fixture.recorded(.category("$command"))
            #expect(error?.code == "stream-busy")
            #expect(records.isEmpty)
        }
    }

    @Test func `a failing command says so, appends nothing, and leaves the aggregate usable`() async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.execute("counter-1 add")
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("counter-1 fail")
            }
            guard case .script(let failure) = error else {
                Issue.record("not a script's failure: \(String(describing: error))")
                return
            }
            #expect(failure.file == "app.lua")
            #expect(failure.line == 12)
            #expect(failure.summary.contains("broken on purpose"))
            #expect(failure.context == "command fail of counter-1")
            #expect(try fixture.recorded(.category("$command")).count == 1)
            _ = try await fixture.execute("counter-1 add")
            #expect(try await fixture.state("counter-1") == #"{"value":2}"#)
        }
    }

    @Test func `given what happened, a command decides on the state that it makes`() async throws {
        try await given(Apps.counter, #"counter-1 Added {"amount":3}"#, #"counter-1 Added {"amount":4}"#)
            .when("counter-1 add", #"{"amount":3,"limit":10}"#)
            .then(.events([#"counter-1 Added {"amount":3}"#]))
        try await given(Apps.counter, #"counter-1 Added {"amount":3}"#, #"counter-2 Added {"amount":4}"#)
            .when("counter-1 add", #"{"amount":3}"#)
            .when("counter-1 add", #"{"amount":1,"limit":6}"#)
            .then(.refused("over-the-limit"))
        try await given(Apps.counter).when("counter-1 fail").then(.failed("script-error"))
    }
}
