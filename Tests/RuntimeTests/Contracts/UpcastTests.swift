import EventLog
import Runtime
import TestSupport
import Testing

/// What scripts see of events that are older than the scripts.
@Suite(.unlessItHangs) struct UpcastTests {
    /// Everything that reads events: a fold, a handler, one with fields, a projection.
    private static let readers = """
        aggregate "account" {
          initial = { total = 0 },
          commands = {
            open = function(account) emit("Opened", { total = account.total + 1, unit = "cent" }) end,
            tell = function(account) emit("Told", { total = account.total }) end,
          },
          events = { Opened = function(account, e) account.total = account.total + e.data.total end },
        }
        handler "copy" {
          on = "account.Opened",
          run = function(e) emit("copy-" .. e.key, "Copied", e.data) end,
        }
        handler "narrow" {
          on = "account.Opened", fields = { "total" }, where = function(e) return e.data.total > 0 end,
          run = function(e) emit("narrow-" .. e.key, "Copied", e.data) end,
        }
        projection "totals" {
          on = "account.Opened", fields = { "total" },
          tables = { totals = "id text primary key, total integer, data text" },
          run = function(e, db)
            local sql = "insert or replace into totals values (?, ?, ?)"
            db.exec(sql, e.key, e.data.total, json.encode(e.data))
          end,
        }
        query "totals" { run = function(db) return db.rows("select * from totals order by id") end }
        """

    /// Version 1 counted euros, version 2 cents without saying so.
    private static let upcasters = """
        event "account.Opened" { version = 3, fields = { total = "integer", unit = "string" } }
        upcast("account.Opened", 1, function(data)
          data.total, data.amount = data.amount * 100, nil
          return data
        end)
        upcast("account.Opened", 2, function(data)
          data.unit = "cent"
          return data
        end)
        """

    private static let app = AppFixture(upcasters + "\n" + readers)

    /// A log from before any contract.
    private static func oldLog(_ lines: String...) async throws -> MemoryLog {
        let log = MemoryLog()
        for line in lines { _ = try await log.commit(NewFrame(events: [try EventText.event(line)])) }
        return log
    }

    @Test func `an event from before any contract is version 1 for every reader, and stays as it is`()
        async throws
    {
        let line = #"account-1 Opened {"amount":5,"note":"x"}"#
        let log = try await Self.oldLog(line)
        try await withHost(Self.app, log: log) { fixture in
            try await fixture.untilIdle()
            let current = #"{"note":"x","total":500,"unit":"cent"}"#
            #expect(try fixture.events(in: "copy") == ["copy-1 Copied \(current)"])
            #expect(try fixture.events(in: "narrow") == [#"narrow-1 Copied {"total":500}"#])
            #expect(
                try await fixture.query("totals") == #"[{"data":"{\"total\":500}","id":"1","total":500}]"#
            )
            #expect(try await fixture.state("account-1") == #"{"total":500}"#)
            #expect(try await fixture.state("account-1", at: 1) == #"{"total":500}"#)
            _ = try await fixture.execute("account-1 tell")
            #expect(try fixture.events(of: "account-1") == [line, #"account-1 Told {"total":500}"#])
        }
    }

    @Test func `what is emitted carries the current version, and is read as it is, live and later`()
        async throws
    {
        let log = try await Self.oldLog(#"account-1 Opened {"amount":5}"#)
        try await withHost(Self.app, log: log) { fixture in
            _ = try await fixture.execute("account-1 open")
            #expect(try await fixture.state("account-1") == #"{"total":1001}"#)
            let events = try fixture.recorded(.stream(try StreamName("account-1")))
            #expect(try events[0].metaFields()["schema"] == nil)
            #expect(try events[1].metaFields()["schema"] == 3)
            #expect(try events[1].metaFields()["by"] == "account.open")
        }
        try await withHost(Self.app, log: log) { fixture in
            _ = try await fixture.execute("account-1 tell")
            #expect(try fixture.events(of: "account-1").last == #"account-1 Told {"total":1001}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "copy").last == #"copy-1 Copied {"total":501,"unit":"cent"}"#)
        }
    }

    @Test func `a handler's emit carries the version too, with a meta of its own and without`() async throws {
        let app =
            Self.app + """
                handler "give" { on = "order.Placed", run = function(e)
                  emit("account-7", "Opened", { total = 1, unit = "cent" })
                  local meta = { n = "x", schema = 1 }
                  emit("account-7", "Opened", { total = 2, unit = "cent" }, { meta = meta })
                  emit("other-7", "Said", {}, { meta = { note = "x", schema = 9 } })
                end }
                """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let events = try fixture.recorded(.stream(try StreamName("account-7"))).map {
                try $0.metaFields()
            }
            #expect(events.map { $0["schema"] } == [3, 3])
            #expect(events[1]["n"] == "x")
            let said = try fixture.recorded(.stream(try StreamName("other-7")))[0].metaFields()
            #expect(said["schema"] == nil)
            #expect(said["note"] == "x")
            #expect(try await fixture.state("account-7") == #"{"total":3}"#)
        }
    }

    @Test(arguments: [
        ("", #"{"total":7,"unit":"cent"}"#, #"{"schema":3}"#, 7),
        ("{}", #"{"total":7,"unit":"cent"}"#, #"{"schema":3}"#, 7),
        (#"{ "a" : {"schema":1} } "#, #"{"total":7,"unit":"cent"}"#, #"{"a":{"schema":1},"schema":3}"#, 7),
        (#"{"schema":3,"z":"}"}"#, #"{"total":7,"unit":"cent"}"#, #"{"schema":3,"z":"}"}"#, 7),
        (#"{"schema":2}"#, #"{"total":7}"#, #"{"schema":2}"#, 7),
        (#"{"z":1,"schema":1}"#, #"{"amount":7}"#, #"{"schema":1,"z":1}"#, 700),
        (#"{"schema":1,"z":1}"#, #"{"amount":7}"#, #"{"schema":1,"z":1}"#, 700),
    ])
    func `a caller's event has the current version, or the older one that its meta names`(
        meta: String,
        data: String,
        recorded: String,
        total: Int
    ) async throws {
        try await withHost(Self.app) { fixture in
            var event = try EventText.event("account-1 Opened \(data)")
            event.meta = Array(meta.utf8)[...]
            _ = try await fixture.host.commit(NewFrame(events: [event]))
            let stored = try fixture.recorded(.stream(event.stream))[0]
            #expect(try EventText.canonical(stored.meta) == recorded)
            #expect(stored.data == event.data)
            #expect(try await fixture.state("account-1") == #"{"total":\#(total)}"#)
        }
    }

    @Test(arguments: [#"{"schema":4}"#, #"{"schema":0}"#, #"{"schema":"2"}"#])
    func `a version that the scripts don't know is refused from a caller`(meta: String) async throws {
        try await withHost(Self.app) { fixture in
            var event = try EventText.event(#"account-1 Opened {"total":7,"unit":"cent"}"#)
            event.meta = Array(meta.utf8)[...]
            let frame = NewFrame(events: [event])
            let error = await #expect(throws: RuntimeError.self) { try await fixture.host.commit(frame) }
            #expect(error?.code == "contract-violation")
            let problem = "Opened of account-1: meta.schema must be an integer from 1 to 3, it is "
            #expect(error?.description.hasPrefix(problem) == true)
        }
    }

    @Test func `an event of a newer version than the scripts know fails the step, and isn't misread`()
        async throws
    {
        let log = MemoryLog()
        var event = try EventText.event(#"account-1 Opened {"sum":7}"#)
        event.meta = Array(#"{"schema":4}"#.utf8)[...]
        _ = try await log.commit(NewFrame(events: [event]))
        let app = AppFixture(
            Self.upcasters + "\n" + Self.readers.replacing("on = ", with: "retry = { attempts = 1 }, on = ")
        )
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let summary =
                "account.Opened was recorded with version 4 of its data; these scripts know version 3"
            let parked = try await fixture.host.parked()
            #expect(parked.map { $0.failure?.summary } == [summary, summary])
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("account-1 tell")
            }
            #expect(error?.description.contains(summary) == true)
        }
    }

    @Test func `an upcaster sees the recorded event, the same on every path`() async throws {
        let place = "p = e.position, r = e.revision, s = e.stream, k = e.key, i = e.id"
        let seen = "{ \(place), t = e.time, n = e.data.n, m = e.meta.x }"
        let app: AppFixture = """
            upcast("Opened", 1, function(data, e)
              return { seen = \(seen) }
            end)
            aggregate "box" { events = { Opened = function(box, e) box.seen = e.data.seen end } }
            handler "copy" { on = "box.Opened", run = function(e) emit("copy-1", "Copied", e.data.seen) end }
            """
        let log = MemoryLog()
        var event = try EventText.event(#"box-1 Opened {"n":5}"#)
        event.meta = Array(#"{"x":6}"#.utf8)[...]
        _ = try await log.commit(NewFrame(events: [event]))
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let state = try await fixture.state("box-1")
            #expect(
                try fixture.events(in: "copy") == [
                    "copy-1 Copied \(state.dropFirst(#"{"seen":"#.count).dropLast())"
                ]
            )
            #expect(state.contains(#""k":"1","m":6,"n":5,"p":1,"r":0,"s":"box-1""#), "\(state)")
        }
    }

    @Test func `without a contract the last upcaster leads to the current version`() async throws {
        let app: AppFixture = """
            upcast("Opened", 1, function(data) return { n = data.n + 1 } end)
            aggregate "box" {
              commands = { open = function() emit("Opened", { n = 10 }) end },
              events = { Opened = function(box, e) box.n = (box.n or 0) + e.data.n end },
            }
            """
        let log = try await Self.oldLog(#"box-1 Opened {"n":1}"#, #"$x-1 Opened {"n":1}"#)
        try await withHost(app, log: log) { fixture in
            _ = try await fixture.execute("box-1 open")
            #expect(try await fixture.state("box-1") == #"{"n":12}"#)
            #expect(try fixture.recorded(.stream(try StreamName("box-1"))).last?.metaFields()["schema"] == 2)
        }
    }

    @Test(arguments: [
        ("error(\"broken\")", "broken", 2),
        ("return data.no.thing", "attempt to index a nil value (field 'no')", 2),
        ("data.n = now()", "an upcaster has no time and no chance; it has the event's, e.time", 2),
        ("data.n = random()", "an upcaster has no time and no chance; it has the event's, e.time", 2),
        ("emit(\"a-1\", \"B\")", "emit works in an aggregate's command and in a handler", 2),
        ("command(\"box\", \"1\", \"open\")", "command works in a handler", 2),
        ("send(\"box\", \"1\", \"open\")", "send works in a handler", 2),
        ("reject(\"no\")", "reject works in an aggregate's command", 2),
        ("data.n = 1", "upcast \"box.Opened\" from version 1 returned nothing; end it with: return data", 1),
        ("return 5", "box.Opened: data must be a table, it is an integer, after upcast from version 1", 1),
        (
            "return { n = \"x\" }",
            "box.Opened: n must be an integer, it is a string, after upcast from version 1", 1
        ),
    ])
    func `an upcaster that goes wrong fails the step of whoever reads`(
        body: String,
        summary: String,
        line: Int
    ) async throws {
        let app: AppFixture = """
            upcast("box.Opened", 1, function(data)
              \(body)
            end)
            event "box.Opened" { version = 2, fields = { n = "integer" } }
            aggregate "box" {
              commands = { open = function() end }, events = { Opened = function() end },
            }
            handler "copy" {
              on = "box.Opened", retry = { attempts = 1 }, run = function(e) emit("copy-1", "Copied") end,
            }
            """
        let log = try await Self.oldLog(#"box-1 Opened {"n":5}"#)
        try await withHost(app, log: log, options: .init(workers: 1)) { fixture in
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.summary == summary, "\(failure.text)")
            #expect(failure.file == "app.lua")
            #expect(failure.line == line, "\(failure.text)")
            #expect(failure.context == "handler copy on Opened, position 1 of box-1")
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("box-1 open") }
            #expect(error?.description.contains(summary) == true, "\(String(describing: error))")
            // The worker is as good as before.
            _ = try await fixture.execute("box-2 open")
            #expect(try fixture.events(in: "copy") == [])
        }
    }

    @Test func `an operator's data is taken as it is: it is written for the scripts of today`() async throws {
        let app: AppFixture = """
            upcast("box.Opened", 1, function(data) return { n = data.old + 1 } end)
            handler "copy" {
              on = "box.Opened", retry = { attempts = 1 }, fields = { "n" },
              run = function(e) emit("copy-1", "Copied", e.data) end,
            }
            """
        let log = try await Self.oldLog(#"box-1 Opened {"odd":5}"#)
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let report = try await fixture.host.retryParked(1, data: Array(#"{"n":7}"#.utf8)[...])
            #expect(report.retried == [1])
            #expect(try fixture.events(in: "copy") == [#"copy-1 Copied {"n":7}"#])
        }
    }

    @Test func `the text of a failing upcaster tells where, and for which event`() async throws {
        let app: AppFixture = """
            upcast("box.Opened", 1, function(data)
              data.n = data.line.n
              return data
            end)

            handler "copy" {
              on = "box.Opened", retry = { attempts = 1 },
              run = function(e) emit("copy-1", "Copied") end,
            }
            """
        let log = try await Self.oldLog(#"box-1 Opened {"n":5}"#)
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(
                failure.text == """
                    app.lua:2: attempt to index a nil value (field 'line')
                      1 | upcast("box.Opened", 1, function(data)
                    > 2 |   data.n = data.line.n
                        |                 ^^^^
                      3 |   return data
                      at app.lua:2 in the function on line 1
                      hint: it is nil here: check its spelling, or test it before use
                      in handler copy on Opened, position 1 of box-1
                    """
            )
        }
    }
}
