import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Keys that wait for a retry.
///
/// Streams order-1 and order-4 are in one lane.
@Suite(.unlessItHangs) struct WaitingKeyTests {
    /// Fails at the events that say so, for as long as the counter is at 0.
    private static let moody: AppFixture =
        Apps.counter + """
            handler "moody" {
              on = "order.Placed", retry = { attempts = 3, first = "1s" },
              run = function(e)
                if e.data.bad and not command("counter", "1", "add", { amount = 0, limit = -1 }) then
                  error("not yet")
                end
                emit("done-" .. e.key, "Done", { n = e.data.n })
              end,
            }
            """

    /// A wait that no jitter exceeds.
    private static let wait: Int64 = 10_000_000

    private static func isForgiven(_ fixture: HostFixture) async throws {
        try await fixture.append(#"counter-1 Added {"amount":-5}"#)
    }

    @Test func `a key that waits holds up no other key of its lane`() async throws {
        try await withHost(Self.moody) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#, #"order-4 Placed {"n":4}"#)
            try await fixture.until("done-4", has: 1)
            let status = try await fixture.status(of: "moody")
            #expect(status.state == .retrying)
            #expect(status.retrying == 1)
            #expect(status.parked == 0)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `what comes for a key that waits runs behind it, in order`() async throws {
        try await withHost(Self.moody) { fixture in
            try await fixture.append(
                #"order-1 Placed {"bad":true,"n":1}"#,
                #"order-1 Placed {"n":2}"#,
                #"order-1 Placed {"n":3}"#
            )
            try await fixture.clock.untilSleeping(1)
            try await fixture.until("$parked-moody", has: 3)
            #expect(try fixture.events(of: "done-1").isEmpty)
            try await Self.isForgiven(fixture)
            fixture.clock.advance(by: Self.wait)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "done-1") == (1...3).map { #"done-1 Done {"n":\#($0)}"# })
            try await fixture.append(#"order-1 Placed {"n":4}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "done-1").count == 4)
            #expect(try await fixture.status(of: "moody").retrying == 0)
        }
    }

    @Test func `what waits behind a key fails and waits for itself when its turn comes`() async throws {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#, #"order-1 Placed {"bad":true}"#)
            try await RetryTests.letRetriesPass(on: fixture)
            try await fixture.untilIdle()
            _ = try await fixture.host.skipParked(1)
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.position) == [2])
            #expect(parked.map(\.attempts) == [1])
        }
    }

    @Test func `a restart goes on with the attempts that were made`() async throws {
        let log = MemoryLog()
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.clock.untilSleeping(1)
            fixture.clock.advance(by: RetryTests.waits[0])
            try await fixture.until("$parked-flaky", has: 2)
        }
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.clock.untilSleeping(1)
            #expect(try await fixture.status(of: "flaky").retrying == 1)
            fixture.clock.advance(by: Self.wait)
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().map(\.attempts) == [3])
            #expect(try fixture.events(of: "$parked-flaky").count == 3)
        }
    }

    @Test func `an event whose key was freed when the host died runs at the next start`() async throws {
        let log = MemoryLog()
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#, #"order-1 Placed {"n":2}"#)
            try await RetryTests.letRetriesPass(on: fixture)
            try await fixture.untilIdle()
        }
        // As a host leaves it that dies between the end of the first and the step of the second.
        let skipped = NewEvent(
            stream: try StreamName("$parked-flaky"),
            type: "ParkedEventSkipped",
            data: Array(#"{"position":1}"#.utf8)[...]
        )
        _ = try await log.commit(NewFrame(events: [skipped]))
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.until("done-1", has: 1)
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `a wait that is over while the processor is paused is over when it goes on`() async throws {
        try await withHost(Self.moody) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true,"n":1}"#)
            try await fixture.clock.untilSleeping(1)
            try await Self.isForgiven(fixture)
            try await fixture.host.pause(processor: "moody")
            fixture.clock.advance(by: Self.wait)
            try await fixture.until("moody", is: "paused") { $0.state == .paused }
            #expect(try fixture.events(of: "done-1").isEmpty)
            try await fixture.host.resume(processor: "moody")
            try await fixture.until("done-1", has: 1)
        }
    }

    @Test func `when more keys fail than may wait, lanes wait and write nothing`() async throws {
        try await withHost(Apps.flaky) { fixture in
            let keys = RuntimeLimits.waitingKeysMax + 200
            let bad = try (0..<keys).map { try EventText.event(#"order-\#($0) Placed {"bad":true}"#) }
            _ = try await fixture.host.commit(NewFrame(events: bad))
            // The keys that may wait, and then at least one lane.
            try await fixture.clock.untilSleeping(RuntimeLimits.waitingKeysMax + 1)
            try await fixture.until("$parked-flaky", has: RuntimeLimits.waitingKeysMax)
            #expect(try await fixture.status(of: "flaky").retrying == RuntimeLimits.waitingKeysMax)
            #expect(try fixture.events(of: "$parked-flaky").count == RuntimeLimits.waitingKeysMax)
        }
    }
}
