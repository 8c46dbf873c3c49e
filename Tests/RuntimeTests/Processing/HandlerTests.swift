import EventLog
import Runtime
import TestSupport
import Testing

@Suite struct HandlerTests {
    /// A handler `react` with this pattern and body, beside the counter.
    private func app(_ run: String, on: String = #""order.Placed""#, more: String = "") -> AppFixture {
        Apps.counter + """
            handler "react" { on = \(on), \(more) run = function(e) \(run) end }
            """
    }

    @Test func `a handler emits into any stream, and the event says where it came from`() async throws {
        let app = app(#"emit("mail-" .. e.key, "MailWanted", { n = e.data.n })"#)
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":5}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "mail") == [#"mail-1 MailWanted {"n":5}"#])
            let cause = try #require(try fixture.recorded(.category("order")).first)
            let event = try #require(try fixture.recorded(.category("mail")).first)
            let expected: [String: JSONValue] = [
                "by": "react",
                "causation": .string(cause.id.description),
                "correlation": .string(cause.id.description),
                "rule": .string(fixture.host.scripts.hash),
            ]
            #expect(try event.metaFields() == expected)
        }
    }

    @Test func `a conversation goes on through commands, handlers and what was sent`() async throws {
        let run = #"command("counter", "a", "add") send("counter", "b", "add") emit("mail-1", "Wanted")"#
        try await withHost(
            app(run, on: #""counter.Added""#, more: #"where = function(e) return e.key == "1" end,"#)
        ) {
            fixture in
            var command = try HostFixture.command("counter-1 add")
            command.correlation = "visit-77"
            _ = try await fixture.host.execute(command)
            try await fixture.until("counter-b", has: 1)
            for event in try fixture.recorded(.all) where !event.stream.text.hasPrefix("$parked") {
                #expect(try event.metaFields()["correlation"] == "visit-77", "\(event.stream) \(event.type)")
            }
        }
    }

    @Test func `a handler sees the whole event`() async throws {
        let run = """
            emit("copy-1", "Copied", {
              position = e.position, stream = e.stream, category = e.category, key = e.key,
              revision = e.revision, type = e.type,
              id = e.id, time = e.time, data = e.data, tags = e.tags, note = e.meta.note,
            })
            """
        let clock = ManualClock(now: 1_700_000_000_123_456)
        let log = MemoryLog(clock: { clock.now })
        try await withHost(app(run), log: log, clock: clock) { fixture in
            try await fixture.append("order-a-b Noise")
            var event = try EventText.event(#"order-a-b Placed {"n":[1,{}]}"#)
            event.tags = ["red", "box:1"]
            event.meta = Array(#"{"note":"x"}"#.utf8)[...]
            event.id = EventID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF)
            _ = try await fixture.host.commit(NewFrame(events: [event]))
            try await fixture.untilIdle()
            let copied =
                #"{"category":"order","data":{"n":[1,{}]},"id":"01234567-89ab-4def-8123-456789abcdef","#
                + #""key":"a-b","#
                + #""note":"x","position":2,"revision":1,"stream":"order-a-b","tags":["red","box:1"],"#
                + #""time":1700000000123,"type":"Placed"}"#
            #expect(try fixture.events(in: "copy") == ["copy-1 Copied \(copied)"])
        }
    }

    @Test func `an event without data and meta has empty ones`() async throws {
        let app = app(#"emit("copy-1", "Copied", { data = e.data, meta = e.meta, tags = type(e.tags) })"#)
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "copy") == [#"copy-1 Copied {"data":{},"meta":{},"tags":"nil"}"#])
        }
    }

    @Test func `effects and marks are one frame`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let run =
            #"emit("a-1", "A") command("counter", "1", "add") send("counter", "2", "add") emit("b-1", "B")"#
        try await withHost(app(run), log: log) { fixture in
            let receipt = try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let frame = try #require(log.frames.first { !$0.marks.isEmpty })
            // Stream order-1 is in lane 5.
            #expect(frame.marks == [MarkMove(processor: "react", lane: 5, from: 0, to: receipt.lastPosition)])
            #expect(
                frame.events.map { "\($0.stream) \($0.type)" } == [
                    "a-1 A", "$command-counter-1 CommandAccepted", "counter-1 Added",
                    "$sent-counter-2 CommandSent",
                    "b-1 B",
                ]
            )
            #expect(frame.conditions == [.stream(try StreamName("counter-1"), .none)])
            #expect(try log.marks(of: "react") == [5: receipt.lastPosition])
        }
    }

    @Test func `an event that a handler's where doesn't want is passed over, and done with`() async throws {
        let app = app(
            #"emit("seen-1", "Seen", { n = e.data.n })"#,
            more: "where = function(e) return e.data.n > 1 end,"
        )
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":1}"#, #"order-1 Placed {"n":2}"#)
            try await fixture.append(#"order-1 Placed {"n":0}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "seen") == [#"seen-1 Seen {"n":2}"#])
            #expect(try fixture.log.marks(of: "react")[5] ?? 0 >= 3)
        }
    }

    @Test(arguments: [
        #"emit("a-1", "A")"#, #"command("counter", "1", "add")"#, #"send("counter", "1", "add")"#,
    ])
    func `a where can ask for nothing`(word: String) async throws {
        let app = app("", more: #"retry = { attempts = 1 }, where = function(e) \#(word) end,"#)
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().count == 1)
            #expect(try fixture.events() == ["order-1 Placed"])
        }
    }

    @Test(arguments: [
        (#""order.*""#, ["order-1 Placed", "order-2 Paid"]),
        (#""*.Paid""#, ["order-2 Paid", "payment-3 Paid"]),
        (#""*.*""#, ["order-1 Placed", "order-2 Paid", "payment-3 Paid", "payment-4 Refunded"]),
        (#"{ "order.Placed", "payment.Refunded" }"#, ["order-1 Placed", "payment-4 Refunded"]),
        (#"{ "order.*", "*.Refunded" }"#, ["order-1 Placed", "order-2 Paid", "payment-4 Refunded"]),
        (#""$command.CommandRefused""#, ["$command-counter-1 CommandRefused"]),
        (#""orders.Placed""#, []),
    ])
    func `a pattern finds its events, and the host's own only when it names them`(
        on: String,
        expected: [String]
    ) async throws {
        let run =
            #"if e.category ~= "seen" then emit("seen-1", "Seen", { what = e.stream .. " " .. e.type }) end"#
        // One worker, so that the order of several lanes is the order of the log.
        try await withHost(app(run, on: on), options: .init(workers: 1)) { fixture in
            _ = try await fixture.execute("counter-1 add", #"{"limit":0}"#)
            try await fixture.append("order-1 Placed", "order-2 Paid", "payment-3 Paid", "payment-4 Refunded")
            try await fixture.untilIdle()
            let seen = try fixture.recorded(.category("seen")).map { event in
                try JSONValue(parsing: event.data)["what"]?.string ?? ""
            }
            #expect(seen.sorted() == expected.sorted())
        }
    }

    @Test func `events of one stream are handled in order, whatever their number`() async throws {
        let app = app(#"emit("seen-" .. e.key, "Seen", { n = e.data.n })"#)
        try await withHost(app, options: .init(workers: 4)) { fixture in
            for n in 0..<3 {
                let events = try (0..<300).map {
                    try EventText.event(#"order-\#($0 % 7) Placed {"n":\#(n * 300 + $0)}"#)
                }
                _ = try await fixture.host.commit(NewFrame(events: events))
            }
            try await fixture.untilIdle()
            for key in 0..<7 {
                let seen = try fixture.events(of: "seen-\(key)").map { $0.replacing("seen", with: "order") }
                let placed = try fixture.events(of: "order-\(key)")
                #expect(seen.map { $0.replacing("Seen", with: "Placed") } == placed)
            }
            #expect(try fixture.events(in: "seen").count == 900)
        }
    }

    @Test func `a handler's event is another handler's`() async throws {
        let app =
            app(#"emit("b-" .. e.key, "B", {})"#, on: #""a.A""#) + """
                handler "next" { on = "b.B", run = function(e) emit("c-" .. e.key, "C", {}) end }
                """
        try await withHost(app) { fixture in
            try await fixture.append("a-1 A")
            try await fixture.untilIdle()
            #expect(try fixture.events() == ["a-1 A", "b-1 B {}", "c-1 C {}"])
        }
    }

    @Test func `the same history gives the same events, chance included`() async throws {
        let identity = LogIdentity(id: EventID(high: 7, low: 9), scriptSeed: 11)
        let run = """
            local keys = {}
            for key in pairs(e.data) do keys[#keys + 1] = key end
            local drawn = { random(1000000), uuid(), now() }
            emit("copy-" .. e.key, "Copied", { keys = keys, drawn = drawn })
            """
        let histories = try await [1, 4].asyncMap { workers in
            let clock = ManualClock()
            let log = MemoryLog(identity: identity, clock: { clock.now })
            return try await withHost(app(run), log: log, clock: clock, options: .init(workers: workers)) {
                fixture in
                try await fixture.append(#"order-1 Placed {"a":1,"b":2,"c":3,"d":4}"#)
                try await fixture.untilIdle()
                try await fixture.append(#"order-1 Placed {"x":1}"#)
                try await fixture.untilIdle()
                return try fixture.recorded(.all).map { "\($0.id) \(try EventText.line($0)) \($0.meta)" }
            }
        }
        #expect(histories[0].count == 4)
        #expect(histories[0] == histories[1])
    }
}
