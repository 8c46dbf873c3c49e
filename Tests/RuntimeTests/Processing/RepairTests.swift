import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs) struct RepairTests {
    /// Runs a test on a host on which order-1 is parked at position 1, with 2 and 3 behind it.
    private func withParked(
        log: any EventLog = MemoryLog(),
        _ body: (HostFixture) async throws -> Void
    ) async throws {
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(
                #"order-1 Placed {"bad":true}"#,
                #"order-1 Placed {"n":2}"#,
                #"order-1 Placed {"n":3}"#
            )
            try await RetryTests.letRetriesPass(on: fixture)
            try await fixture.until("$parked-flaky", has: 3)
            try await fixture.untilIdle()
            try await body(fixture)
        }
    }

    private func edited(_ json: String) -> ArraySlice<UInt8> { Array(json.utf8)[...] }

    @Test func `a retry with edited data runs the event and those behind it, in order`() async throws {
        try await withParked { fixture in
            let report = try await fixture.host.retryParked(1, data: edited(#"{"n":1}"#))
            #expect(report.retried == [1, 2, 3])
            #expect(report.skipped.isEmpty)
            #expect(report.failed.isEmpty)
            #expect(try await fixture.host.parked().isEmpty)
            let done = [1, 2, 3].map { #"done-1 Done {"n":\#($0)}"# }
            #expect(try fixture.events(of: "done-1") == done)
            // The event itself stays as it was.
            #expect(try fixture.events(of: "order-1")[0] == #"order-1 Placed {"bad":true}"#)
        }
    }

    @Test func `a retried event's effects carry the same causes as ever`() async throws {
        try await withParked { fixture in
            _ = try await fixture.host.retryParked(1, data: edited(#"{"n":1}"#))
            let causes = try fixture.recorded(.category("order")).map { JSONValue.string($0.id.description) }
            let effects = try fixture.recorded(.category("done"))
            #expect(try effects.map { try $0.metaFields()["causation"] } == causes)
        }
    }

    @Test func `a key that was repaired is handled as before`() async throws {
        try await withParked { fixture in
            _ = try await fixture.host.retryParked(1, data: edited(#"{"n":1}"#))
            try await fixture.append(#"order-1 Placed {"n":4}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "done-1").last == #"done-1 Done {"n":4}"#)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `a retry that fails again stays parked, with one attempt more`() async throws {
        try await withParked { fixture in
            let report = try await fixture.host.retryParked(1)
            #expect(report.retried.isEmpty)
            #expect(report.failed.map(\.position) == [1])
            #expect(report.failed.first?.failure.summary.contains("order 1 is bad") == true)
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.position) == [1, 2, 3])
            #expect(parked.map(\.attempts) == [4, 0, 0])
            #expect(try fixture.events(of: "done-1").isEmpty)
        }
    }

    @Test func `a failed retry survives a restart`() async throws {
        let log = MemoryLog()
        try await withParked(log: log) { fixture in _ = try await fixture.host.retryParked(1) }
        try await withHost(Apps.flaky, log: log) { fixture in
            let attempts = try await fixture.host.parked().map(\.attempts)
            #expect(attempts == [4, 0, 0])
        }
    }

    @Test func `what waits names the first of its key as it is now, and retry all finds it`() async throws {
        let log = MemoryLog()
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(
                #"order-1 Placed {"bad":true}"#,
                #"order-1 Placed {"bad":true}"#,
                #"order-1 Placed {"n":3}"#
            )
            try await RetryTests.letRetriesPass(on: fixture)
            try await fixture.until("$parked-flaky", has: 3)
            // The next of the key fails, and stays; the one behind it waits behind that one now.
            _ = try await fixture.host.skipParked(1)
            let behind = try await fixture.host.parked().map(\.behind)
            #expect(behind == [nil, 2])
        }
        try await withHost(Apps.flaky, log: log) { fixture in
            let report = try await fixture.host.retryAllParked(processor: nil)
            #expect(report.failed.map(\.position) == [2])
        }
    }

    @Test func `a skipped event is given up, and those behind it run`() async throws {
        try await withParked { fixture in
            let report = try await fixture.host.skipParked(1)
            #expect(report.skipped == [1])
            #expect(report.retried == [2, 3])
            #expect(try fixture.events(of: "done-1") == [#"done-1 Done {"n":2}"#, #"done-1 Done {"n":3}"#])
            #expect(try await fixture.host.parked().isEmpty)
            let records = try fixture.recorded(.category("$parked")).map(\.type)
            #expect(records.suffix(3) == ["ParkedEventSkipped", "ParkedEventRetried", "ParkedEventRetried"])
        }
    }

    @Test func `an event that waits behind another can't be repaired first`() async throws {
        try await withParked { fixture in
            for repair in [
                { try await fixture.host.retryParked(2) }, { try await fixture.host.skipParked(3) },
            ] {
                let error = await #expect(throws: RuntimeError.self) { try await repair() }
                #expect(error?.code == "parked-behind")
                #expect(error?.hint == "retry or skip position 1 first; those behind it follow in order")
            }
            let count = try await fixture.host.parked().count
            #expect(count == 3)
        }
    }

    @Test func `a position that isn't parked is unknown, and so is a repaired one`() async throws {
        try await withParked { fixture in
            for position: Position in [4, 999] {
                let error = await #expect(throws: RuntimeError.self) {
                    try await fixture.host.retryParked(position)
                }
                #expect(error?.code == "unknown-parked")
            }
            _ = try await fixture.host.skipParked(1)
            let error = await #expect(throws: RuntimeError.self) { try await fixture.host.skipParked(1) }
            #expect(error?.code == "unknown-parked")
        }
    }

    @Test func `a repair at an unknown processor names the one that was meant`() async throws {
        try await withParked { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.retryParked(1, processor: "flakey")
            }
            #expect(error?.code == "unknown-processor")
            #expect(error?.hint == #"did you mean "flaky"?"#)
            let all = await #expect(throws: RuntimeError.self) {
                try await fixture.host.retryAllParked(processor: "flakey")
            }
            #expect(all?.code == "unknown-processor")
            let steady = await #expect(throws: RuntimeError.self) {
                try await fixture.host.retryParked(1, processor: "steady")
            }
            #expect(steady?.code == "unknown-parked")
        }
    }

    @Test func `all that is parked is retried key by key, and what fails again is told`() async throws {
        let log = MemoryLog()
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(
                #"order-1 Placed {"bad":true}"#,
                #"order-2 Placed {"bad":true}"#,
                #"order-2 Placed {"n":2}"#
            )
            for _ in 0..<2 {
                try await fixture.clock.untilSleeping(2)
                fixture.clock.advance(by: 1_000_000)
            }
            // Each of the two is set aside twice and parked once; one waits behind.
            try await fixture.until("$parked-flaky", has: 7)
        }
        // The rule was corrected: order 2 is no longer bad.
        let app = AppFixture(
            files: Apps.flaky.files.mapValues {
                $0.replacing("if e.data.bad", with: "if e.data.bad and e.key == '1'")
            }
        )
        try await withHost(app, log: log) { fixture in
            let report = try await fixture.host.retryAllParked(processor: nil)
            #expect(report.failed.map(\.position) == [1])
            #expect(report.retried == [2, 3])
            #expect(try await fixture.host.parked().map(\.position) == [1])
            #expect(try await fixture.host.parked().first?.rule == fixture.host.scripts.hash)
            #expect(try fixture.events(of: "done-2") == ["done-2 Done {}", #"done-2 Done {"n":2}"#])
        }
    }

    @Test func `data that was edited into something that is no JSON is refused, and the event stays parked`()
        async throws
    {
        try await withParked { fixture in
            await #expect(throws: (any Error).self) {
                let report = try await fixture.host.retryParked(1, data: edited("{oops"))
                if let failure = report.failed.first?.failure { throw failure }
            }
            let done = try fixture.events(of: "done-1")
            #expect(done.isEmpty)
            #expect(try await fixture.host.parked().map(\.position) == [1, 2, 3])
        }
    }

    @Test func `of two hosts that repair one event, one does it, and the other goes on living`() async throws
    {
        let log = MemoryLog()
        let app: AppFixture =
            Apps.counter + """
                handler "react" {
                  on = "order.Placed", retry = { attempts = 1 },
                  run = function(e)
                    if e.data.bad then error("bad") end
                    command("counter", "1", "add")
                  end,
                }
                """
        try await withHost(app, log: log, options: .init(workers: 1)) { one in
            try await one.append(#"order-1 Placed {"bad":true}"#)
            try await one.until("$parked-react", has: 1)
            try await one.untilIdle()
            try await withHost(app, log: log, options: .init(workers: 1)) { other in
                let report = try await one.host.retryParked(1, data: edited("{}"))
                #expect(report.retried == [1])
                let error = await #expect(throws: RuntimeError.self) {
                    try await other.host.retryParked(1, data: edited("{}"))
                }
                #expect(error?.code == "unknown-parked")
                #expect(try one.events(of: "counter-1").count == 1)
                // The step that came too late must have let go of the aggregate.
                let command = Task { try await other.execute("counter-1 add") }
                try await Condition.wait(for: "decided") { try other.events(of: "counter-1").count == 2 }
                _ = try await command.value
            }
        }
    }
}
