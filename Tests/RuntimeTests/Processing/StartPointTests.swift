import EventLog
import Runtime
import TestSupport
import Testing

/// `from`: where a handler begins that the log knows nothing of, and nowhere else.
@Suite struct StartPointTests {
    private func app(_ from: String, run: String = "") -> AppFixture {
        """
        handler "late" { on = "order.Placed", \(from) retry = { attempts = 1 }, run = function(e)
          \(run) emit("seen-1", "Seen", { n = e.data.n })
        end }
        """
    }

    /// Six orders, two in each frame, a second apart.
    private func history() async throws -> MemoryLog {
        let clock = ManualClock(now: 1_750_000_000_000_000)
        let log = MemoryLog(clock: { clock.now })
        for number in stride(from: 1, to: 7, by: 2) {
            let lines = [number, number + 1].map { "order-\($0) Placed {\"n\":\($0)}" }
            _ = try await log.commit(NewFrame(events: try lines.map(EventText.event)))
            clock.advance(by: 1_000_000)
        }
        return log
    }

    private func seen(_ log: any EventLog) throws -> [Int64] {
        try log.read(ReadRequest(.category("seen"))).events.map { event in
            try JSONValue(parsing: event.data)["n"]?.integer ?? 0
        }.sorted()
    }

    @Test(arguments: [
        ("", [1, 2, 3, 4, 5, 6]),
        (#"from = "beginning","#, [1, 2, 3, 4, 5, 6]),
        (#"from = "now","#, []),
        ("from = 1,", [1, 2, 3, 4, 5, 6]),
        ("from = 5,", [5, 6]),
        ("from = 7,", []),
        (#"from = "2025-06-15T15:06:41Z","#, [3, 4, 5, 6]),
        (#"from = "2025-06-15T15:06:41.5Z","#, [5, 6]),
        (#"from = "2025-06-15T17:06:42+02:00","#, [5, 6]),
        (#"from = "2000-01-01T00:00:00Z","#, [1, 2, 3, 4, 5, 6]),
        (#"from = "2100-01-01T00:00:00Z","#, []),
    ])
    func `a new handler begins where it says, and deals with all that comes`(
        from: String,
        old: [Int64]
    ) async throws {
        let log = try await history()
        try await withHost(app(from), log: log) { fixture in
            try await fixture.append(#"order-9 Placed {"n":9}"#)
            try await fixture.untilIdle()
            #expect(try seen(log) == old + [9])
        }
    }

    @Test func `a start is recorded, so that a restart doesn't jump`() async throws {
        let log = MemoryLog()
        // Nothing is there, and nothing comes before the restart: no mark tells of the first start.
        try await withHost(app(#"from = "now","#), log: log) { fixture in try await fixture.untilIdle() }
        _ = try await log.commit(NewFrame(events: [try EventText.event(#"order-1 Placed {"n":1}"#)]))
        try await withHost(app(#"from = "now","#), log: log) { fixture in
            try await fixture.untilIdle()
            #expect(try seen(log) == [1])
            let record = try fixture.recorded(.category("$processor")).map(EventText.line)
            #expect(record == [#"$processor-late ProcessorStarted {"from":"now","position":0}"#])
        }
    }

    @Test func `a start behind events is kept with its marks`() async throws {
        let log = try await history()
        try await withHost(app(#"from = "now","#), log: log) { fixture in try await fixture.untilIdle() }
        #expect(try log.marks(of: "late").values.allSatisfy { $0 >= 6 })
        #expect(try log.marks(of: "late").count == 16)
        _ = try await log.commit(NewFrame(events: [try EventText.event(#"order-1 Placed {"n":7}"#)]))
        for from in [#"from = "now","#, #"from = "beginning","#, "from = 2,", ""] {
            try await withHost(app(from), log: log) { fixture in
                try await fixture.untilIdle()
                #expect(try seen(log) == [7])
            }
        }
        #expect(try log.read(ReadRequest(.category("$processor"))).events.count == 1)
    }

    @Test func `from says nothing to a handler that has begun`() async throws {
        let log = try await history()
        try await withHost(app(""), log: log) { fixture in try await fixture.untilIdle() }
        try await withHost(app("from = 3,"), log: log) { fixture in
            try await fixture.untilIdle()
            #expect(try seen(log) == [1, 2, 3, 4, 5, 6])
            #expect(try fixture.recorded(.category("$processor")).isEmpty)
        }
    }

    @Test func `a position that isn't there yet stops the handler, and says so`() async throws {
        let log = try await history()
        try await withHost(app("from = 8,"), log: log) { fixture in
            let status = try await fixture.status(of: "late")
            #expect(status.state == .stopped)
            #expect(status.lastFailure?.summary == "handler late has from = 8, and the log ends at 6")
            try await fixture.append(#"order-7 Placed {"n":7}"#)
            try await fixture.host.resume(processor: "late")
            try await fixture.append(#"order-8 Placed {"n":8}"#)
            try await fixture.untilIdle()
            #expect(try seen(log) == [8])
        }
    }

    @Test(arguments: [
        (
            #"from = "yesterday","#,
            #"handler late has from = "yesterday"; it is "beginning", "now", a position"#
        ),
        ("from = 0,", "handler late has from = 0; it is"),
        ("from = 1.5,", "handler late has from = a float; it is"),
        ("from = true,", "handler \"late\" needs from to be a string number, it is boolean"),
    ])
    func `what is no place to begin is refused at load`(from: String, text: String) async throws {
        let error = await #expect(throws: RuntimeError.self) { try await HostFixture(app(from)) }
        #expect(error?.description.contains(text) == true)
    }

    @Test func `a projection has no from`() async throws {
        let app: AppFixture =
            #"projection "p" { on = "a.B", from = "now", tables = { t = "id text" }, run = function() end }"#
        let error = await #expect(throws: RuntimeError.self) { try await HostFixture(app) }
        let text =
            "projection \"p\" has from, but its rows need every event: a projection begins at the beginning"
        #expect(error?.description.contains(text) == true)
    }
}
