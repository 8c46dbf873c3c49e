import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs) struct QueryTests {
    private let app: AppFixture = """
        projection "orders" {
          on = "order.Placed", tables = { orders = "id text primary key, n integer" },
          run = function(e, db) db.exec("insert into orders values (?, ?)", e.key, e.data.n) end,
        }
        projection "others" {
          on = "other.Made", tables = { others = "id text primary key" },
          run = function(e, db) db.exec("insert into others values (?)", e.key) end,
        }
        query "order" { params = { id = "string" },
          run = function(db, p) return db.row("select * from orders where id = ?", p.id) end }
        query "echo" { params = { s = "string?", i = "integer?", n = "number?", b = "boolean?" },
          run = function(db, p) return { p = p, whole = math.type(p.n) } end }
        query "nothing" { run = function() end }
        query "text" { run = function() return "a \\"text\\"" end }
        query "now" { run = function() local time = now() return time end }
        query "joined" { run = function(db)
          return db.rows("select orders.id from orders join others on orders.id = others.id") end }
        query "broken" { run = function(db) return db.rows("select * from order_s") end }
        query "writing" { run = function(db) return db.rows("delete from orders returning id") end }
        query "exec" { run = function(db) return db.exec("delete from orders") end }
        query "emitting" { run = function(db) emit("a-1", "A") end }
        """

    @Test func `a query waits for the caller's own write`() async throws {
        let gate = HeldCommits()
        let log = InterceptedLog(over: MemoryLog(), commit: gate.commit)
        try await withHost(app, log: log) { fixture in
            try await fixture.host.pause(processor: "orders")
            let receipt = try await fixture.append(#"order-1 Placed {"n":5}"#)
            let asked = Task {
                try await fixture.host.query(
                    "order",
                    parameters: Array(#"{"id":"1"}"#.utf8)[...],
                    after: receipt.lastPosition
                )
            }
            // The query is there, and waits: its timeout runs.
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [5_000_000])
            try await fixture.host.resume(processor: "orders")
            let answer = try await asked.value
            #expect(String(decoding: answer.result, as: UTF8.self) == #"{"id":"1","n":5}"#)
            #expect(answer.position == receipt.lastPosition)
        }
    }

    @Test func `a query that waits in vain says how far the read model has come`() async throws {
        try await withHost(app) { fixture in
            try await fixture.host.pause(processor: "orders")
            let receipt = try await fixture.append(#"order-1 Placed {"n":5}"#)
            let asked = Task {
                try await fixture.host.query(
                    "order",
                    parameters: Array(#"{"id":"1"}"#.utf8)[...],
                    after: receipt.lastPosition,
                    timeoutSeconds: 0.25
                )
            }
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [250_000])
            fixture.clock.advance(by: 250_000)
            let error = await #expect(throws: RuntimeError.self) { try await asked.value }
            #expect(error?.code == "not-caught-up")
            #expect(error?.description == "the read model is at 0, position 1 was asked for")
        }
    }

    @Test func `a query without a position answers at once, from what is there`() async throws {
        try await withHost(app) { fixture in
            try await fixture.host.pause(processor: "orders")
            try await fixture.append(#"order-1 Placed {"n":5}"#)
            let answer = try await fixture.host.query("order", parameters: Array(#"{"id":"1"}"#.utf8)[...])
            #expect(answer.result == Array("null".utf8))
            #expect(answer.position == 0)
            #expect(fixture.clock.sleepers.isEmpty)
        }
    }

    @Test func `a query waits for the read models that it uses, and for no other`() async throws {
        try await withHost(app) { fixture in
            try await fixture.host.pause(processor: "others")
            try await fixture.append(#"order-1 Placed {"n":5}"#, "other-1 Made")
            #expect(try await fixture.query("order", #"{"id":"1"}"#) == #"{"id":"1","n":5}"#)
            let asked = Task { try await fixture.query("joined") }
            try await fixture.clock.untilSleeping(1)
            try await fixture.host.resume(processor: "others")
            #expect(try await asked.value == #"[{"id":"1"}]"#)
        }
    }

    @Test func `a host that stops ends the queries that wait`() async throws {
        try await withHost(app) { fixture in
            let asked = Task {
                try await fixture.host.query("joined", parameters: [], after: 99, timeoutSeconds: 60)
            }
            try await fixture.clock.untilSleeping(1)
            asked.cancel()
            let error = await #expect(throws: RuntimeError.self) { try await asked.value }
            #expect(error?.code == "host-stopping")
        }
    }

    @Test(arguments: [
        (
            #"{"s":"x","i":"12","n":"2.5","b":"true"}"#,
            #"{"p":{"b":true,"i":12,"n":2.5,"s":"x"},"whole":"float"}"#
        ),
        (#"{"i":-7,"n":3,"b":false}"#, #"{"p":{"b":false,"i":-7,"n":3},"whole":"integer"}"#),
        (#"{"n":"3"}"#, #"{"p":{"n":3},"whole":"integer"}"#),
        (#"{"s":"12"}"#, #"{"p":{"s":"12"}}"#),
        ("{}", #"{"p":{}}"#),
        ("", #"{"p":{}}"#),
    ])
    func `parameters come as the kinds that the query declares`(given: String, answer: String) async throws {
        try await withHost(app) { fixture in
            let answered = try await fixture.query("echo", given)
            #expect(answered == answer)
        }
    }

    @Test(arguments: [
        (#"{"i":"x"}"#, "parameter i of query echo must be of kind integer"),
        (#"{"i":1.5}"#, "parameter i of query echo must be of kind integer"),
        (#"{"i":"9223372036854775808"}"#, "parameter i of query echo must be of kind integer"),
        (#"{"n":"nan"}"#, "parameter n of query echo must be of kind number"),
        (#"{"b":"yes"}"#, "parameter b of query echo must be of kind boolean"),
        (#"{"b":1}"#, "parameter b of query echo must be of kind boolean"),
        (#"{"s":5}"#, "parameter s of query echo must be of kind string"),
        (#"{"s":null}"#, "parameter s of query echo must be of kind string"),
        (#"{"x":5}"#, #"query echo has no parameter "x"; did you mean "#),
        ("[]", "the parameters of a query are an object"),
        ("{", "the parameters are not valid JSON: "),
    ])
    func `a parameter that doesn't fit is refused`(given: String, text: String) async throws {
        try await withHost(app) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.query("echo", parameters: Array(given.utf8)[...])
            }
            #expect(error?.code == "invalid-input")
            #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `a parameter that is missing is named`() async throws {
        try await withHost(app) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.query("order") }
            #expect(error?.description == "query order needs the parameter id, of kind string")
        }
    }

    @Test(arguments: [("nothing", "null"), ("text", #""a \"text\"""#)])
    func `a query may answer with any value`(name: String, answer: String) async throws {
        try await withHost(app) { fixture in
            let answered = try await fixture.query(name)
            #expect(answered == answer)
        }
    }

    @Test(arguments: [
        ("broken", "there is no table", 18), ("writing", "", 19), ("exec", "", 20),
        ("emitting", "emit works in an aggregate's command and in a handler", 21),
        ("now", "there is no time", 15),
    ])
    func `a query that goes wrong is a clear error, and changes nothing`(
        name: String,
        text: String,
        line: Int
    ) async throws {
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":5}"#)
            let error = await #expect(throws: RuntimeError.self) { try await fixture.query(name) }
            guard case .script(let failure) = error else {
                Issue.record("not a script's failure: \(String(describing: error))")
                return
            }
            #expect(failure.summary.contains(text))
            #expect(failure.file == "app.lua")
            #expect(failure.line == line)
            #expect(failure.context == "query \(name)")
            #expect(try await fixture.query("order", #"{"id":"1"}"#) == #"{"id":"1","n":5}"#)
            #expect(try fixture.events().count == 1)
        }
    }

    @Test func `an unknown query names the one that was meant`() async throws {
        try await withHost(app) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.query("joind") }
            #expect(error?.code == "unknown-query")
            #expect(error?.hint == #"did you mean "joined"?"#)
        }
    }
}
