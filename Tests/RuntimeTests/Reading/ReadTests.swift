import EventLog
import Runtime
import TestSupport
import Testing

/// `read`: what it gives, where it works, and what it says when it doesn't.
@Suite struct ReadTests {
    /// Emits the types and keys of what was read.
    private func app(_ query: String, before: String = "") -> AppFixture {
        """
        handler "look" {
          on = "ask.Asked", retry = { attempts = 1 },
          run = function(e)
            \(before)
            local found = {}
            for place, event in ipairs(read(\(query))) do
              found[place] = event.type .. " " .. event.stream
            end
            emit("told-1", "Told", { found = table.concat(found, ", ") })
          end,
        }
        """
    }

    private let history = [
        ("order-1", "Placed", ["customer:7"]), ("order-1", "Paid", []),
        ("stock-9", "Placed", ["customer:7", "x"]),
        ("order-2", "Placed", ["customer:8"]),
    ]

    /// What a query gives behind the history; the failure's summary when the step failed.
    private func answer(_ app: AppFixture) async throws -> String {
        try await withHost(app) { fixture in
            for (stream, type, tags) in history {
                let event = NewEvent(stream: try StreamName(stream), type: type, tags: tags)
                _ = try await fixture.host.commit(NewFrame(events: [event]))
            }
            try await fixture.append("ask-1 Asked")
            try await fixture.untilIdle()
            if let failure = try await fixture.host.parked().first?.failure { return failure.summary }
            return try fixture.events(in: "told").first ?? "nothing"
        }
    }

    private func told(_ found: String) -> String { #"told-1 Told {"found":"\#(found)"}"# }

    @Test(arguments: [
        (#"{ types = { "Placed" } }"#, "Placed order-1, Placed stock-9, Placed order-2"),
        (#"{ types = "Paid" }"#, "Paid order-1"),
        (#"{ types = { "Paid", "Asked" } }"#, "Paid order-1, Asked ask-1"),
        (#"{ tags = { "customer:7" } }"#, "Placed order-1, Placed stock-9"),
        (#"{ tags = { "customer:7", "x" } }"#, "Placed stock-9"),
        (#"{ tags = "customer:7", category = "order" }"#, "Placed order-1"),
        (#"{ category = "order" }"#, "Placed order-1, Paid order-1, Placed order-2"),
        (#"{ stream = "order-1" }"#, "Placed order-1, Paid order-1"),
        (#"{ stream = "order-77" }"#, ""),
        (#"{ category = "order", after = 1 }"#, "Paid order-1, Placed order-2"),
        (#"{ category = "order", last = 2 }"#, "Paid order-1, Placed order-2"),
        (#"{ stream = "order-1", last = 1 }"#, "Paid order-1"),
        (#"{ category = "order", after = 2, last = 2 }"#, "Placed order-2"),
    ])
    func `read gives what matches, oldest first`(query: String, found: String) async throws {
        #expect(try await answer(app(query)) == told(found))
    }

    @Test(arguments: [
        ("nil", "read needs a table"),
        ("{}", "read needs to know what: types, tags, category or stream"),
        (#"{ type = "Placed" }"#, "read has no field type"),
        (#"{ types = {} }"#, "read needs types to name at least one"),
        (#"{ tags = { 5 } }"#, "read needs tags to be a list of texts"),
        (#"{ stream = "a-1", types = "B" }"#, "read takes a stream, or types, tags and category; not both"),
        (#"{ category = "a", last = 0 }"#, "read needs last to be an integer from 1, it is 0"),
        (#"{ category = "a", after = "1" }"#, "read needs after to be an integer from 0, it is 1"),
        (#"{ category = "a", last = 1001 }"#, "read finds more than 1000 events"),
    ])
    func `a query that makes no sense is an error that says why`(query: String, text: String) async throws {
        #expect(try await answer(app(query)).contains(text))
    }

    @Test func `read gives at most a thousand events, or says so`() async throws {
        let log = MemoryLog()
        let events = try (0..<1_000).map { try EventText.event("order-\($0) Placed") }
        _ = try await log.commit(NewFrame(events: events))
        let app = self.app(#"{ category = "order" }"#, before: "local n = #read { category = \"order\" }")
        try await withHost(app, log: log) { fixture in
            try await fixture.append("ask-1 Asked")
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().isEmpty)
            try await fixture.append("order-1000 Placed")
            try await fixture.append("ask-1 Asked")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.summary.contains("read finds more than 1000 events"))
        }
    }

    @Test func `the host's own events are read by their category alone`() async throws {
        let sent = #"send("order", "5", "pay")"#
        let aggregate = """
            aggregate "order" { commands = { pay = function() end } }
            handler "first" { on = "begin.Begun", run = function() \(sent) end }

            """
        let unnamed = self.app(#"{ types = "CommandSent" }"#)
        try await withHost(AppFixture(aggregate + unnamed.files["app.lua", default: ""])) { fixture in
            try await fixture.append("begin-1 Begun")
            try await fixture.untilIdle()
            try await fixture.append("ask-1 Asked")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "told") == [told("")])
        }
        let named = self.app(#"{ types = "CommandSent", category = "$sent" }"#)
        try await withHost(AppFixture(aggregate + named.files["app.lua", default: ""])) { fixture in
            try await fixture.append("begin-1 Begun")
            try await fixture.untilIdle()
            try await fixture.append("ask-1 Asked")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "told") == [told("CommandSent $sent-order-5")])
        }
    }

    @Test func `what is read comes through the upcasters`() async throws {
        let app: AppFixture = """
            event "order.Placed" { version = 2, fields = { total = "integer" } }
            upcast("order.Placed", 1, function(data) return { total = data.amount } end)
            handler "look" { on = "ask.Asked", run = function()
              local sum = 0
              for _, e in ipairs(read { types = "Placed" }) do sum = sum + e.data.total end
              emit("told-1", "Told", { sum = sum })
            end }
            """
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: [try EventText.event(#"order-1 Placed {"amount":4}"#)]))
        try await withHost(app, log: log) { fixture in
            try await fixture.append(#"order-2 Placed {"total":3}"#, "ask-1 Asked")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "told") == [#"told-1 Told {"sum":7}"#])
        }
    }

    @Test(arguments: [
        (
            #"handler "h" { on = "ask.Asked", retry = { attempts = 1 }, "#
                + #"where = function() read { tags = "x" } end, run = function() end }"#,
            "where depends on its event alone; read in run"
        ),
        (
            #"aggregate "a" { events = { E = function() read { tags = "x" } end } } "#
                + #"handler "h" { on = "ask.Asked", retry = { attempts = 1 }, "#
                + #"run = function() emit("a-1", "E") end }"#,
            "a fold depends on its event alone; read in the command, and put what counts into the event"
        ),
        (
            #"event "ask.Asked" { version = 2 } "#
                + #"upcast("ask.Asked", 1, function(d) read { tags = "x" } return d end) "#
                + #"handler "h" { on = "ask.Asked", retry = { attempts = 1 }, run = function() end }"#,
            "an upcaster depends on its event alone"
        ),
    ])
    func `what is to depend on its event alone can't read`(text: String, said: String) async throws {
        try await withHost(AppFixture(text)) { fixture in
            let old = #"ask-1 Asked"#
            _ = try await fixture.log.commit(NewFrame(events: [try EventText.event(old)]))
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.summary.contains(said))
        }
    }

    @Test func `a projection and a query can't read`() async throws {
        let app: AppFixture = """
            projection "p" { on = "ask.Asked", tables = { t = [[ id text ]] }, retry = { attempts = 1 },
              run = function() read { tags = "x" } end }
            query "q" { run = function() return read { tags = "x" } end }
            """
        try await withHost(app) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.query("q") }
            #expect(error?.description.contains("a query asks the tables of projections") == true)
            try await fixture.append("ask-1 Asked")
            try await fixture.until("p", is: "stopped") { $0.state == .stopped }
            let failure = try #require(try await fixture.status(of: "p").lastFailure)
            #expect(failure.summary.contains("a projection depends on its event and its rows alone"))
        }
    }
}
