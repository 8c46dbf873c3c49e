import EventLog
import Runtime
import TestSupport
import Testing

/// What a contract lets through, at `emit` and from outside.
@Suite(.unlessItHangs) struct ContractTests {
    /// A box whose command and handler emit what the test says, under a contract.
    static func app(
        _ fields: String,
        emitting data: String = "args.data",
        name: String = "Filled"
    ) -> AppFixture {
        """
        event "\(name)" { fields = { \(fields) } }
        aggregate "box" {
          commands = { fill = function(_, args)
            emit("Filled", \(data))
          end },
          events = { Filled = function() end },
        }
        handler "fill-more" {
          on = "order.Placed", retry = { attempts = 1 },
          run = function(e)
            emit("box-" .. e.key, "Filled", e.data)
          end,
        }
        """
    }

    /// The fields, data that fits, data that doesn't, and what is said of it.
    static let kinds: [(fields: String, good: [String], bad: String, problem: String)] = [
        (#"n = "string""#, [#"{"n":""}"#], #"{"n":5}"#, "n must be a string, it is an integer"),
        (#"n = "integer""#, [#"{"n":-5}"#], #"{"n":5.0}"#, "n must be an integer, it is a float"),
        (
            #"n = "number""#, [#"{"n":5}"#, #"{"n":0.5}"#], #"{"n":"5"}"#,
            "n must be a number, it is a string"
        ),
        (#"n = "boolean""#, [#"{"n":false}"#], #"{"n":0}"#, "n must be true or false, it is an integer"),
        (
            #"n = "list""#, [#"{"n":[]}"#, #"{"n":[1,"x",null]}"#], #"{"n":{"a":1}}"#,
            "n must be a list, it is a table"
        ),
        (
            #"n = "table""#, [#"{"n":{}}"#, #"{"n":{"a":1}}"#], #"{"n":[1]}"#,
            "n must be a table, it is a list"
        ),
        (#"n = "any""#, [#"{"n":false}"#, #"{"n":[]}"#], #"{}"#, "n must be anything, it is absent"),
        (
            #"n = "string?""#, [#"{}"#, #"{"n":null}"#, #"{"n":"x"}"#], #"{"n":true}"#,
            "n must be a string, it is true or false"
        ),
        (#"["n?"] = "string""#, [#"{}"#], #"{"n":[]}"#, "n must be a string, it is a list"),
        (#"n = "string""#, [#"{"n":"x","more":[1]}"#], #"{"more":"x"}"#, "n must be a string, it is absent"),
        (
            #"n = { a = "string" }"#, [#"{"n":{"a":"x"}}"#], #"{"n":{"a":1}}"#,
            "n.a must be a string, it is an integer"
        ),
        (#"n = { a = "string" }"#, [], #"{"n":{}}"#, "n.a must be a string, it is absent"),
        (#"n = { a = "string" }"#, [], #"{}"#, "n must be a table, it is absent"),
        (#"["n?"] = { a = "string" }"#, [#"{}"#], #"{"n":"x"}"#, "n must be a table, it is a string"),
        (
            #"n = { "integer" }"#, [#"{"n":[]}"#, #"{"n":[1,2]}"#], #"{"n":{"a":1}}"#,
            "n must be a list, it is a table"
        ),
        (#"n = {}"#, [#"{"n":{}}"#], #"{"n":1}"#, "n must be a table, it is an integer"),
    ]

    @Test(arguments: kinds.indices)
    func `each kind takes its own from a command, a handler and a caller, and nothing else`(
        index: Int
    ) async throws {
        let (fields, good, bad, problem) = Self.kinds[index]
        try await withHost(Self.app(fields)) { fixture in
            for data in good {
                _ = try await fixture.execute("box-1 fill", #"{"data":\#(data)}"#)
                try await fixture.append("order-1 Placed \(data)", "box-1 Filled \(data)")
            }
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "box-1").count == 3 * good.count)
            let refused = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("box-1 fill", #"{"data":\#(bad)}"#)
            }
            #expect(
                refused?.description.contains("box.Filled: \(problem)") == true,
                "\(String(describing: refused))"
            )
            let broken = await #expect(throws: RuntimeError.self) {
                try await fixture.append("box-1 Filled \(bad)")
            }
            #expect(broken?.code == "contract-violation")
            #expect(broken?.description == "Filled of box-1: data.\(problem)")
            try await fixture.append("order-2 Placed \(bad)")
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().first?.failure?.summary == "box.Filled: \(problem)")
            #expect(try fixture.events(of: "box-1").count == 3 * good.count)
            #expect(try fixture.events(of: "box-2") == [])
        }
    }

    @Test func `a place in a list is told as its reader counts, from 1 in scripts and from 0 in JSON`()
        async throws
    {
        let app = Self.app(#"lines = { { sku = "string", tags = { "string?" } } }"#)
        let data = #"{"lines":[{"sku":"tea","tags":["a",null]},{"sku":"cup","tags":["b",2]}]}"#
        try await withHost(app) { fixture in
            let refused = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("box-1 fill", #"{"data":\#(data)}"#)
            }
            let problem = "must be a string, it is an integer"
            #expect(refused?.description.contains("box.Filled: lines[2].tags[2] \(problem)") == true)
            let broken = await #expect(throws: RuntimeError.self) {
                try await fixture.append("box-1 Filled \(data)")
            }
            #expect(broken?.description == "Filled of box-1: data.lines[1].tags[1] \(problem)")
        }
    }

    @Test func `the error stands at the line of the emit, and names what was meant`() async throws {
        let app = Self.app(
            #"customer = "string", total = "integer""#,
            emitting: #"{ customer = "ada", totl = 5 }"#
        )
        try await withHost(app) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("box-1 fill") }
            guard case .script(let failure) = error else {
                Issue.record("not a script's failure: \(String(describing: error))")
                return
            }
            #expect(
                failure.text == """
                    app.lua:4: box.Filled: totl is no field of it; did you mean "total"?
                      3 |   commands = { fill = function(_, args)
                    > 4 |     emit("Filled", { customer = "ada", totl = 5 })
                      5 |   end },
                      at app.lua:4 in function 'fill'
                      in command fill of box-1
                      hint: nothing was written; correct the arguments or the script
                    """
            )
        }
    }

    @Test(arguments: [
        (#"{ id = "x", nte = "?" }"#, "nte is no field of it; did you mean \"note\"?"),
        (
            #"{ id = "x", lines = { { sku = "a", quantitiy = 1 } } }"#,
            "lines[1].quantitiy is no field of it; did you mean \"quantity\"?"
        ),
        (#"{ idd = "x" }"#, "idd is no field of it; did you mean \"id\"?"),
        (#"{ 1, 2 }"#, "data must be a table, it is a list"),
        (#"{ id = function() end }"#, "id must be a string, it is a function"),
        (#"setmetatable({}, { __index = { id = "x" } })"#, "id must be a string, it is absent"),
    ])
    func `what a script emits is looked at as it will be recorded`(data: String, problem: String) async throws
    {
        let lines = #"["lines?"] = { { sku = "string", ["quantity?"] = "integer" } }"#
        let fields = #"id = "string", note = "string?", \#(lines)"#
        try await withHost(Self.app(fields, emitting: data)) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("box-1 fill") }
            #expect(
                error?.description.contains("box.Filled: \(problem)") == true,
                "\(String(describing: error))"
            )
        }
    }

    @Test func `fields that nobody declares are kept, and an absent optional one is no slip of theirs`()
        async throws
    {
        let app = Self.app(#"id = "string", note = "string?""#)
        let data = #"{"extra":[1,2],"id":"x","other":{"a":1}}"#
        try await withHost(app) { fixture in
            _ = try await fixture.execute("box-1 fill", #"{"data":\#(data)}"#)
            try await fixture.append("box-1 Filled \(data)")
            // A caller may know more than the contract: what a script may not misspell, a caller may mean.
            try await fixture.append(#"box-1 Filled {"id":"x","nte":1}"#)
            #expect(try fixture.events(of: "box-1").count == 3)
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.append(#"box-1 Filled {"idd":"x","note":"x"}"#)
            }
            #expect(error?.description == "Filled of box-1: data.idd is no field of it; did you mean \"id\"?")
        }
    }

    @Test func `an empty table of a script becomes the list that is declared`() async throws {
        let app = Self.app(
            #"lines = "list", rows = { "string" }, rest = "table""#,
            emitting: "{ lines = {}, rows = {}, rest = {} }"
        )
        try await withHost(app) { fixture in
            _ = try await fixture.execute("box-1 fill")
            #expect(try fixture.events(of: "box-1") == [#"box-1 Filled {"lines":[],"rest":{},"rows":[]}"#])
        }
    }

    @Test func `a contract with a category is for that category alone, one without is for all`() async throws
    {
        try await withHost(Self.app(#"n = "integer""#, name: "box.Filled")) { fixture in
            try await fixture.append("jar-1 Filled {}")
            await #expect(throws: RuntimeError.self) { try await fixture.append("box-1 Filled {}") }
        }
        try await withHost(Self.app(#"n = "integer""#)) { fixture in
            await #expect(throws: RuntimeError.self) { try await fixture.append("jar-1 Filled {}") }
        }
    }

    @Test(arguments: ["", "null", "5", #""text""#, "[1]", "{broken"])
    func `data that is no object breaks every contract with a field`(data: String) async throws {
        try await withHost(Self.app(#"n = "integer""#)) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.append("box-1 Filled \(data)")
            }
            #expect(
                ["contract-violation", "script-bad-value"].contains(error?.code),
                "\(String(describing: error))"
            )
            let events = try fixture.events()
            #expect(events == [])
        }
    }

    @Test func `one event that breaks its contract keeps the whole frame out`() async throws {
        try await withHost(Self.app(#"n = "integer""#)) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.append("jar-1 Opened", #"box-1 Filled {"n":1}"#, #"box-1 Filled {"n":"x"}"#)
            }
            guard case .contractViolation(let violation) = error else {
                Issue.record("not a violation: \(String(describing: error))")
                return
            }
            #expect(violation.index == 2)
            #expect(violation.stream == "box-1")
            #expect(violation.field == "data.n")
            let events = try fixture.events()
            #expect(events == [])
        }
    }

    @Test func `a repeated request gets its answer, whatever the contract has become`() async throws {
        let log = MemoryLog()
        let frame = NewFrame(events: [try EventText.event("box-1 Filled {}")], idempotencyKey: "k")
        let first = try await withHost(Apps.counter, log: log) { try await $0.host.commit(frame) }
        try await withHost(Self.app(#"n = "integer""#), log: log) { fixture in
            let second = try await fixture.host.commit(frame)
            #expect(second.wasKnown)
            #expect(second.lastPosition == first.lastPosition)
        }
    }
}
