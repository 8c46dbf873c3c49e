import EventLog
import Runtime
import TestSupport
import Testing

/// What an aggregate's command may do, and what it can't spoil.
@Suite struct DecisionTests {
    /// An app with one aggregate whose command `run` is given.
    private func app(_ run: String) -> AppFixture {
        """
        aggregate "box" {
          initial = { count = 0 },
          commands = {
            run = function(box, args) \(run) end,
            show = function(box) reject("count", tostring(box.count)) end,
          },
          events = { Put = function(box, e) box.count = box.count + (e.data.count or 1) end },
        }
        """
    }

    /// What `show` tells of the live state, after `run`.
    private func count(after run: String) async throws -> String {
        try await withHost(app(run)) { fixture in
            // What `run` came to doesn't matter here, what it left does.
            _ = try? await fixture.execute("box-1 run")
            guard case .refused(let refusal) = try await fixture.execute("box-1 show") else {
                return "accepted"
            }
            return refusal.text
        }
    }

    @Test func `what a command emits is decided in its order`() async throws {
        try await given(app(#"emit("Put", { n = 1 }) emit("Put", { n = 2 }) emit("Other")"#))
            .when("box-1 run")
            .then(.events([#"box-1 Put {"n":1}"#, #"box-1 Put {"n":2}"#, "box-1 Other {}"]))
    }

    @Test func `a command that fails behind what it changed by itself leaves the state alone`() async throws {
        #expect(try await count(after: #"box.count = 7 error("no")"#) == "0")
    }

    @Test func `a command that is refused behind what it changed by itself leaves the state alone`()
        async throws
    {
        #expect(try await count(after: #"box.count = 7 reject("no", "no")"#) == "0")
    }

    @Test func `a command that changes the state without an event leaves it alone`() async throws {
        #expect(try await count(after: "box.count = 7") == "0")
    }

    @Test func `a command that changes the state is told so, at its own line`() async throws {
        try await withHost(app("box.count = 7")) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("box-1 run") }
            guard case .script(let failure)? = error else {
                Issue.record("a script failure was expected")
                return
            }
            #expect(failure.summary == "box.run changed the state that it was given; only `events` may")
            #expect(failure.file == "app.lua")
            #expect(failure.line == 4)
        }
    }

    @Test(arguments: [
        #"reject("x", setmetatable({}, { __tostring = function() return 5 end }))"#,
        #"local ok, r = pcall(reject, "a", "b") r.text = nil error(r)"#,
        #"emit("Put", {}, setmetatable({}, { __index = { meta = "no json" } }))"#,
        #"emit("Put", setmetatable({}, { __pairs = function() error("no") end }))"#,
    ])
    func `a command that plays tricks does the host no harm`(run: String) async throws {
        try await withHost(app(run)) { fixture in
            // Accepted, refused or failed: what counts is that the host answers the next one.
            _ = try? await fixture.execute("box-1 run")
            guard case .refused = try await fixture.execute("box-2 show") else {
                Issue.record("show is always refused")
                return
            }
        }
    }

    @Test func `what a command changes behind its emit isn't in the event`() async throws {
        try await given(app(#"local data = { n = 1 } emit("Put", data) data.n = 2 emit("Put", data)"#))
            .when("box-1 run")
            .then(.events([#"box-1 Put {"n":1}"#, #"box-1 Put {"n":2}"#]))
    }

    @Test func `a command knows the time, and draws chance that is its own`() async throws {
        let app = app(#"emit("Put", { now = now(), dice = { random(6), random(6) }, id = uuid() })"#)
        let clock = ManualClock(now: 1_700_000_000_123_456)
        try await withHost(app, clock: clock) { fixture in
            _ = try await fixture.execute("box-1 run")
            _ = try await fixture.execute("box-2 run")
            let data = try fixture.recorded(.category("box")).map { try JSONValue(parsing: $0.data) }
            #expect(data.map { $0["now"] } == [1_700_000_000_123, 1_700_000_000_123])
            for event in data {
                for die in event["dice"]?.array ?? [] { #expect((1...6).contains(die.integer ?? 0)) }
                let id = event["id"]?.string ?? ""
                #expect(
                    id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
                        != nil
                )
            }
            #expect(data[0]["id"] != data[1]["id"])
        }
    }

    @Test func `the record of a command has the time that its script saw`() async throws {
        let step = """
            handler "again" { on = "box.Put", run = function(e)
              if e.key == "1" then command("box", "2", "run") end
            end }
            """
        let app = app(#"emit("Put", { now = now() })"#) + step
        let clock = ManualClock(now: 1_700_000_000_123_456)
        try await withHost(app, clock: clock) { fixture in
            _ = try await fixture.execute("box-1 run")
            try await fixture.untilIdle()
            for key in ["1", "2"] {
                let record = try #require(
                    try fixture.recorded(.stream(try StreamName("$command-box-\(key)"))).first
                )
                let event = try #require(try fixture.recorded(.stream(try StreamName("box-\(key)"))).first)
                let now = try JSONValue(parsing: event.data)["now"]
                #expect(now != nil)
                #expect(try JSONValue(parsing: record.data)["now"] == now)
            }
        }
    }

    @Test(arguments: [
        (#"command("box", "2", "run")"#, "a command decides on one aggregate"),
        (#"send("box", "2", "run")"#, "send works in a handler"),
        (#"emit("Put", "text")"#, "in a command it is emit(type, data, options)"),
        (#"emit("")"#, "the event's type must be a text that isn't empty, it is empty"),
        (#"emit(5)"#, "the event's type must be a text that isn't empty, it is number"),
        (#"emit("Put", {}, { tag = "x" })"#, "there is no option tag; there are tags and meta"),
        (#"reject(nil, "x")"#, "the refusal's code must be a text that isn't empty, it is nil"),
        (#"read {}"#, "read needs to know what: types, tags, category or stream"),
        (#"emit("Put", { [1] = 1, x = 2 })"#, ""),
        (#"emit("Put", { f = function() end })"#, ""),
        (#"emit("Put", { n = 0 / 0 })"#, ""),
    ])
    func `a word used wrongly fails, and names the line`(run: String, text: String) async throws {
        try await withHost(app(run)) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("box-1 run") }
            guard case .script(let failure) = error else {
                Issue.record("not a script's failure: \(String(describing: error))")
                return
            }
            #expect(failure.summary.contains(text))
            #expect(failure.file == "app.lua")
            #expect(failure.line == 4)
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test func `the options of emit become the event's tags and meta, and the host's own names win`()
        async throws
    {
        let run = #"emit("Put", {}, { tags = { "box:1", "red" }, meta = { note = "x", by = "me" } })"#
        try await withHost(app(run)) { fixture in
            _ = try await fixture.execute("box-1 run")
            let event = try #require(try fixture.recorded(.category("box")).first)
            #expect(event.tags == ["box:1", "red"])
            let meta = try event.metaFields()
            #expect(meta["note"] == "x")
            #expect(meta["by"] == "box.run")
            #expect(meta["rule"] == .string(fixture.host.scripts.hash))
        }
    }
}
