import EventLog
import Runtime
import TestSupport
import Testing

/// What a script sees of an event, and what it is told when it asks for something else.
@Suite struct EventFieldTests {
    private static func handler(_ body: String, fields: String = "") -> AppFixture {
        AppFixture(
            """
            handler "react" {
              on = "order.Placed", \(fields) retry = { attempts = 1 },
              run = function(e)
                \(body)
              end,
            }
            """
        )
    }

    private static func failure(_ app: AppFixture) async throws -> ScriptFailure? {
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":5,"other":6}"#)
            try await fixture.untilIdle()
            return try await fixture.host.parked().first?.failure
        }
    }

    @Test func `a misspelt field of an event fails the step with the name that was meant`() async throws {
        let failure = try await Self.failure(Self.handler("local d = e.dat"))
        #expect(failure?.summary == #"an event has no field 'dat'; did you mean "data"?"#)
        #expect(failure?.line == 4)
    }

    @Test func `a misspelt field in a fold fails the command, live and from the log`() async throws {
        let app = AppFixture(
            """
            aggregate "counter" {
              initial = { value = 0 },
              commands = { add = function(state) emit("Added") end },
              events = { Added = function(state, e) state.value = e.revison end },
            }
            """
        )
        let summary = #"an event in a fold has no field 'revison'; did you mean "revision"?"#
        try await withHost(app) { fixture in
            let failure = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("counter-1 add")
            }
            #expect(failure?.description.contains(summary) == true, "\(String(describing: failure))")
            try await fixture.append("counter-2 Added")
            let replayed = await #expect(throws: RuntimeError.self) { try await fixture.state("counter-2") }
            #expect(replayed?.description.contains(summary) == true)
        }
    }

    @Test func `a handler that declares fields gets those of the data, and no others`() async throws {
        let app = Self.handler(
            #"emit("copy-1", "Copied", { n = e.data.n, data = e.data, none = e.data.none, by = e.stream })"#,
            fields: #"fields = { "n", "none" },"#
        )
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":5,"other":[6]}"#)
            try await fixture.untilIdle()
            #expect(
                try fixture.events(in: "copy") == [#"copy-1 Copied {"by":"order-1","data":{"n":5},"n":5}"#]
            )
        }
    }

    @Test func `asking for a field that wasn't declared is an error, and not nil`() async throws {
        let app = Self.handler("local x = e.data.other", fields: #"fields = { "n" },"#)
        let failure = try await Self.failure(app)
        #expect(failure?.summary == #"the fields of "react" have no 'other'; there are n"#)
    }

    @Test func `an empty list of fields decodes none`() async throws {
        let app = Self.handler(
            #"emit("copy-1", "Copied", { n = json.encode(e.data) })"#,
            fields: "fields = {},"
        )
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":5}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "copy") == [#"copy-1 Copied {"n":"{}"}"#])
        }
    }

    @Test func `a projection declares fields as well`() async throws {
        let app = AppFixture(
            """
            projection "orders" {
              on = "order.*", fields = { "n" },
              tables = { orders = "id text primary key, n integer, data text" },
              run = function(e, db)
                db.exec("insert into orders values (?, ?, ?)", e.key, e.data.n, json.encode(e.data))
              end,
            }
            query "orders" { run = function(db) return db.rows("select * from orders") end }
            """
        )
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":5,"other":6}"#)
            #expect(try await fixture.query("orders") == #"[{"data":"{\"n\":5}","id":"1","n":5}]"#)
        }
    }
}
