import EventLog
import Runtime
import Synchronization
import TestSupport
import Testing

/// A step that reads is true only on what it read: in its frame, beside others, and in one frame with others.
@Suite struct ReadConditionTests {
    /// Takes a seat as long as there is one.
    private let seats: AppFixture = """
        handler "seat" {
          on = "guest.Came", retry = { attempts = 1 },
          run = function(e)
            local taken = #read { types = { "SeatTaken" }, tags = { "room:1" } }
            if taken < 2 then
              emit("guest-" .. e.key, "SeatTaken", { before = taken }, { tags = { "room:1" } })
            else
              emit("guest-" .. e.key, "TurnedAway", { before = taken })
            end
          end,
        }
        """

    private func taken(_ log: any EventLog) throws -> [RecordedEvent] {
        try log.read(ReadRequest(.query(EventQuery(types: ["SeatTaken"])))).events
    }

    @Test func `a step is refused and runs again when what it read has changed`() async throws {
        let done = Mutex(0)
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let isSeat = frame.events.contains { $0.type == "SeatTaken" || $0.type == "TurnedAway" }
            let isFirst =
                isSeat
                && done.withLock { count in
                    count += 1
                    return count == 1
                }
            if isFirst {
                let type = "SeatTaken"
                let events = try ["vip-1", "vip-2"].map { name throws(EventLogError) in
                    NewEvent(stream: try StreamName(name), type: type, tags: ["room:1"])
                }
                _ = try await log.commit(NewFrame(events: events))
            }
            return try await log.commit(frame)
        }
        try await withHost(seats, log: log) { fixture in
            try await fixture.append("guest-1 Came")
            try await fixture.untilIdle()
            #expect(try fixture.events().last == #"guest-1 TurnedAway {"before":2}"#)
            #expect(try taken(log).count == 2)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `steps of one batch see what those before them took`() async throws {
        let log = MemoryLog()
        let guests = try (0..<40).map { try EventText.event("guest-\($0) Came") }
        _ = try await log.commit(NewFrame(events: guests))
        let options = HostFixture.Options(workers: 1)
        try await withHost(seats, log: log, options: options) { fixture in
            try await fixture.untilIdle()
            let before = try taken(log).map { try EventText.line($0).suffix(12) }
            #expect(before == [#"{"before":0}"#, #"{"before":1}"#])
            #expect(try log.read(ReadRequest(.query(EventQuery(types: ["TurnedAway"])))).events.count == 38)
        }
    }

    @Test(arguments: ["exactly-once", "at-least-once", "at-most-once"])
    func `no delivery mode takes a seat too many`(delivery: String) async throws {
        let log = MemoryLog()
        let guests = try (0..<40).map { try EventText.event("guest-\($0) Came") }
        _ = try await log.commit(NewFrame(events: guests))
        let text = seats.files["app.lua", default: ""]
            .replacing("retry = { attempts = 1 },", with: "delivery = \"\(delivery)\",")
        try await withHost(AppFixture(text), log: log) { fixture in
            try await fixture.untilIdle()
            #expect(try taken(log).count == 2)
            #expect(try log.read(ReadRequest(.query(EventQuery(types: ["TurnedAway"])))).events.count == 38)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `steps that read nothing of each other share a frame`() async throws {
        let app: AppFixture = """
            handler "own" { on = "guest.Came", run = function(e)
              local mine = #read { tags = { "guest:" .. e.key } }
              emit("seen-" .. e.key, "Seen", { before = mine }, { tags = { "guest:" .. e.key } })
            end }
            """
        let log = InterceptedLog(over: MemoryLog())
        let guests = try (0..<40).map { try EventText.event("guest-\($0) Came") }
        _ = try await log.commit(NewFrame(events: guests))
        try await withHost(app, log: log, options: HostFixture.Options(workers: 1)) { fixture in
            try await fixture.untilIdle()
            let frames = log.frames.filter { $0.events.contains { $0.type == "Seen" } }
            // A frame for each of the three groups of the worker.
            #expect(frames.map(\.events.count).sorted() == [12, 14, 14])
            #expect(frames.map(\.conditions.count).sorted() == [12, 14, 14])
        }
    }

    @Test func `a step that reads behind its own emit what it emitted fails, and says where`() async throws {
        let app: AppFixture = """
            handler "late" { on = "guest.Came", retry = { attempts = 1 }, run = function(e)
              emit("guest-" .. e.key, "SeatTaken", nil, { tags = { "room:1" } })
              read { tags = { "room:2" } }
              read { tags = { "room:1" } }
            end }
            """
        try await withHost(app) { fixture in
            try await fixture.append("guest-1 Came")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.code == "script-read-too-late")
            #expect(failure.file == "app.lua" && failure.line == 4)
            #expect(try fixture.events() == ["guest-1 Came"])
        }
    }

    @Test func `a stream that was read is a condition too`() async throws {
        let app: AppFixture = """
            handler "next" { on = "guest.Came", retry = { attempts = 1 }, run = function(e)
              emit("numbers-1", "Given", { n = #read { stream = "numbers-1" } })
            end }
            """
        let log = MemoryLog()
        let guests = try (0..<20).map { try EventText.event("guest-\($0) Came") }
        _ = try await log.commit(NewFrame(events: guests))
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let expected = (0..<20).map { "numbers-1 Given {\"n\":\($0)}" }
            #expect(try fixture.events(in: "numbers") == expected)
        }
    }

    @Test func `a refusal that rests on a read is as conditional as an event`() async throws {
        let app: AppFixture = """
            aggregate "guest" { commands = { sit = function(guest)
              if #read { tags = { "room:1" } } == 0 then reject("closed", "nobody is there") end
              emit("SeatTaken", {}, { tags = { "room:1" } })
            end } }
            """
        let done = Mutex(false)
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let isFirst = done.withLock { isDone in
                defer { isDone = true }
                return !isDone
            }
            if isFirst {
                let opened = NewEvent(stream: try StreamName("room-1"), type: "Opened", tags: ["room:1"])
                _ = try await log.commit(NewFrame(events: [opened]))
            }
            return try await log.commit(frame)
        }
        try await withHost(app, log: log) { fixture in
            let outcome = try Decision(try await fixture.execute("guest-1 sit"))
            #expect(outcome == .events(["guest-1 SeatTaken {}"]))
            #expect(try fixture.recorded(.category("$command")).map(\.type) == ["CommandAccepted"])
        }
    }

    @Test func `a decision that is always overtaken ends, and says by what`() async throws {
        let app: AppFixture = """
            aggregate "guest" { commands = { sit = function(guest)
              read { tags = { "room:1" } }
              emit("SeatTaken", {}, { tags = { "room:1" } })
            end } }
            """
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let event = NewEvent(stream: try StreamName("room-1"), type: "Knocked", tags: ["room:1"])
            _ = try await log.commit(NewFrame(events: [event]))
            return try await log.commit(frame)
        }
        try await withHost(app, log: log) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("guest-1 sit") }
            #expect(error?.code == "stream-busy")
            #expect(error?.description.hasPrefix("what was read (the event at position ") == true)
            let events = try fixture.events(in: "guest")
            #expect(events.isEmpty)
        }
    }
}
