import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Recorded steps run again: the same scripts come to the same, byte for byte, and others to what they would.
@Suite struct ReplayerTests {
    @Test(arguments: [nil, 7, 0xFFFF_FFFE] as [UInt32?])
    func `all that was decided is decided again, byte for byte, under any hash seed`(
        seed: UInt32?
    )
        async throws
    {
        let log = try await ReplayApps.history()
        let steps = try ReplayApps.replay(ReplayApps.shop, over: log, seed: seed)
        for (step, replayed) in steps {
            #expect(replayed.isRecorded(as: step.events), "\(step.context): \(replayed.events)")
        }
        // All that any step asked for was among them.
        let told = Set(steps.flatMap { $0.step.events.map(\.position) })
        for event in try log.read(ReadRequest(.all)).events where StepStamp(of: event) != nil {
            #expect(told.contains(event.position), "\(event.type) at \(event.position)")
        }
        let byWhom = Set(steps.map(\.step.by))
        #expect(
            byWhom == ["order.place", "order.ship", "reserve", "count", "quiet", "$sender"],
            "\(byWhom.sorted())"
        )
    }

    @Test func `another rule decides the same steps otherwise, and those behind them on what is recorded`()
        async throws
    {
        let log = try await ReplayApps.history()
        let text = ReplayApps.shop.files["app.lua"] ?? ""
        let cheaper = AppFixture(text.replacing("total > 50", with: "total > 90"))
        let steps = try ReplayApps.replay(cheaper, over: log)
        let changed = steps.filter { !$0.replayed.isRecorded(as: $0.step.events) }
        // Totals of 60 and 80 lose their discount; 100 and 120 keep it.
        #expect(changed.map(\.step.stream) == ["order-3", "order-4"])
        let totals = try changed.map { try JSONValue(parsing: $0.replayed.events[1].data)["total"] }
        #expect(totals == [60, 80])
    }

    @Test func `a long stream whose every decision differs is folded once`() async throws {
        let app: AppFixture = """
            aggregate "tally" {
              initial = { sum = 0, list = {} },
              commands = { add = function(t, args) emit("Added", { by = 1, sum = t.sum }) end },
              events = { Added = function(t, e)
                t.sum = t.sum + e.data.by
                t.list[#t.list + 1] = e.data.by
              end },
            }
            """
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            for _ in 0..<300 { _ = try await fixture.execute("tally-1 add") }
        }
        let text = (app.files["app.lua"] ?? "").replacing("by = 1", with: "by = 2")
        let steps = try ReplayApps.replay(AppFixture(text), over: log)
        #expect(steps.count == 300)
        for (number, (step, replayed)) in steps.enumerated() {
            #expect(!replayed.isRecorded(as: step.events))
            #expect(try JSONValue(parsing: replayed.events[1].data)["sum"] == .integer(Int64(number)))
        }
        // What a command takes doesn't grow with the events before it; the freezing of its state does,
        // slowly.
        let (early, late) = (steps[20].replayed.instructions, steps[299].replayed.instructions)
        #expect(late < 10 * early, "\(early), then \(late)")
    }

    private static func meter(_ fold: String) -> AppFixture {
        """
        aggregate "meter" {
          initial = { sum = 0 },
          commands = { show = function(m) emit("Shown", { sum = m.sum }) end },
          events = { Read = function(m, e) \(fold) end },
        }
        """
    }

    /// A long stream, then a command on it.
    private static func meterHistory() async throws -> MemoryLog {
        let log = MemoryLog()
        let frame = NewFrame(events: try (0..<1_000).map { _ in try EventText.event("meter-1 Read") })
        for _ in 0..<14 { _ = try await log.commit(frame) }
        let id = EventID.random()
        let meta = Array(#"{"by":"meter.show","causation":"\#(id)","correlation":"\#(id)","rule":"0"}"#.utf8)
        let asked = #"{"aggregate":"meter","key":"1","command":"show","args":{},"now":1}"#
        var record = try EventText.event("$command-meter-1 CommandAccepted \(asked)")
        (record.id, record.meta) = (id, meta[...])
        _ = try await log.commit(NewFrame(events: [record]))
        return log
    }

    @Test func `a stream that is longer than a step's budget is folded before the step`() async throws {
        let app = Self.meter("for _ = 1, 1500 do m.sum = m.sum + 1 end")
        let steps = try ReplayApps.replay(app, over: try await Self.meterHistory())
        #expect(try JSONValue(parsing: steps[0].replayed.events[1].data)["sum"] == 21_000_000)
    }

    @Test func `a fold without an end fails the step behind it, and no more`() async throws {
        let app = Self.meter("while true do end")
        let steps = try ReplayApps.replay(app, over: try await Self.meterHistory())
        guard case .failed(let failure) = steps[0].replayed.ending else {
            return #expect(Bool(false), "\(steps[0].replayed.ending)")
        }
        #expect(failure.code == "script-instruction-limit" && failure.file == "app.lua", "\(failure)")
    }

    @Test func `what a step asks for has the line that asked for it`() async throws {
        let log = try await ReplayApps.history()
        let lines = (ReplayApps.shop.files["app.lua"] ?? "").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        func line(_ text: String) -> String {
            "app.lua:" + String((lines.firstIndex { $0.contains(text) } ?? -2) + 1)
        }
        let steps = try ReplayApps.replay(ReplayApps.shop, over: log)
        let placed = try #require(steps.first { $0.step.by == "order.place" })
        #expect(placed.replayed.places == ["", line(#"emit("OrderPlaced""#)])
        let reserved = try #require(steps.first { $0.step.by == "reserve" })
        #expect(
            reserved.replayed.places == [
                line(#"command("stock", "pear""#), line(#"emit("Reserved""#), line(#"emit("note-""#),
                line(#"send("order""#),
            ]
        )
    }

    @Test func `a step on an event that a client named is found, with what it left`() async throws {
        let app: AppFixture = """
            handler "h" { on = "start.*", run = function(e)
              emit("end-1", "Ended", { dice = random(100) })
            end }
            """
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            var event = try EventText.event("start-1 Started")
            event.id = EventID(high: 7, low: 9)
            _ = try await fixture.host.commit(NewFrame(events: [event]))
            try await fixture.untilIdle()
        }
        let step = try #require(try ReplayApps.replay(app, over: log).first)
        #expect(step.step.events.map(\.type) == ["Ended"])
        #expect(step.replayed.isRecorded(as: step.step.events))
    }

    @Test func `a refused command leaves no places behind for what comes next`() async throws {
        let app: AppFixture = """
            aggregate "box" { commands = { put = function(b, args)
              emit("Put", {})
              if args.no then reject("no", "no") end
            end }, events = {} }
            handler "h" { on = "start.*", run = function(e)
              command("box", "1", "put", { no = true })
              emit("end-1", "Ended", {})
            end }
            """
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            try await fixture.append("start-1 Started")
            try await fixture.untilIdle()
        }
        let steps = try ReplayApps.replay(app, over: log)
        #expect(steps.map(\.replayed.places) == [["app.lua:6", "app.lua:7"]])
    }

    @Test func `what a step saw is told`() async throws {
        let log = try await ReplayApps.history()
        let steps = try ReplayApps.replay(ReplayApps.shop, over: log)
        let shipped = try #require(steps.first { $0.step.by == "$sender" })
        #expect(
            shipped.replayed.saw == [.stream(try StreamName(shipped.step.events[1].stream.text), .exactly(0))]
        )
        let counted = try #require(steps.first { $0.step.by == "count" })
        #expect(
            counted.replayed.saw == [
                .noEvent(matching: EventQuery(tags: ["shipped"]), after: counted.step.end)
            ]
        )
    }

    @Test func `a step that calls out is told as one`() async throws {
        let app: AppFixture = """
            allow = { "https://carrier.example" }
            handler "label" { on = "order.*", run = function(e)
              http.post("https://carrier.example/labels", {})
            end }
            """
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: [try EventText.event("order-1 Placed")]))
        let steps = try ReplayApps.replay(app, over: log)
        guard case .callsOut("POST", "https://carrier.example/labels")? = steps.first?.replayed.ending else {
            Issue.record("it doesn't call out: \(steps)")
            return
        }
    }

    @Test func `an older record without a time is decided at the time of its frame`() async throws {
        let log = MemoryLog()
        let app: AppFixture = """
            aggregate "box" { commands = { put = function() emit("Put", { at = now() }) end }, events = {} }
            """
        let id = EventID.random()
        let meta = Array(#"{"by":"box.put","causation":"\#(id)","correlation":"\#(id)","rule":"0"}"#.utf8)
        var record = try EventText.event(
            #"$command-box-1 CommandAccepted {"aggregate":"box","key":"1","command":"put","args":{}}"#
        )
        (record.id, record.meta) = (id, meta[...])
        var event = try EventText.event(#"box-1 Put {"at":5}"#)
        event.meta = meta[...]
        let receipt = try await log.commit(NewFrame(events: [record, event]))
        let steps = try ReplayApps.replay(app, over: log)
        #expect(steps.count == 1)
        let data = try JSONValue(parsing: steps[0].replayed.events[1].data)
        #expect(data["at"] == .integer(receipt.time / 1_000))
    }
}
