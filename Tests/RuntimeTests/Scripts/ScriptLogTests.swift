import EventLog
import Runtime
import TestSupport
import Testing

/// What scripts write to the host's log, and what the host says about them there.
@Suite struct ScriptLogTests {
    private func lines(
        of app: AppFixture,
        _ body: (HostFixture) async throws -> Void
    ) async throws -> [String] {
        let lines = LogLines()
        try await withHost(app, options: .init(workers: 1, logger: lines.logger), body)
        return lines.all
    }

    @Test func `a script's lines carry their level and the step that wrote them`() async throws {
        let app: AppFixture = """
            aggregate "box" {
              commands = { open = function() log.warning("opening", 5, nil, true) end },
            }
            handler "react" { on = "order.*", run = function(e)
              log.info("seen", e.key) log.debug("more") log.error("bad") print("printed")
            end }
            """
        let lines = try await lines(of: app) { fixture in
            _ = try await fixture.execute("box-1 open")
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
        }
        #expect(
            lines == [
                "warning: opening 5 nil true, in command open of box-1", "info: seen 1, in react",
                "debug: more, in react", "error: bad, in react", "info: printed, in react",
            ]
        )
    }

    @Test func `an event's type that looks misspelt is a warning, and no error`() async throws {
        let app: AppFixture = """
            aggregate "order" {
              commands = { place = function() emit("Palced") emit("Palced") emit("Other") end },
              events = { Placed = function() end, Paid = function() end },
            }
            handler "react" {
              on = { "order.Pladed", "order.Paid", "order.*", "x.Pladed" }, run = function() end,
            }
            projection "rows" { on = "order.Paidd", tables = {}, run = function() end }
            """
        let lines = try await lines(of: app) { fixture in
            _ = try await fixture.execute("order-1 place")
            try await fixture.untilIdle()
        }
        #expect(
            lines == [
                "warning: handler react listens to order.Pladed, which the aggregate doesn't fold; "
                    + "did you mean order.Placed?",
                "warning: projection rows listens to order.Paidd, which the aggregate doesn't fold; "
                    + "did you mean order.Paid?",
                "warning: Palced in order-1 changes no state; did you mean Placed?, "
                    + "in command place of order-1",
            ]
        )
    }

    @Test func `each failed attempt is a warning with the whole failure`() async throws {
        let lines = try await lines(of: Apps.flaky) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await RetryTests.letRetriesPass(on: fixture)
            try await fixture.untilIdle()
        }
        #expect(lines.count == 3)
        let ends = ["attempt 1 of 3, tried again", "attempt 2 of 3, tried again", "attempt 3 of 3, parked"]
        for (line, end) in zip(lines, ends) {
            #expect(line.hasPrefix("warning: flaky failed, \(end)\n"))
            #expect(line.contains("order 1 is bad"))
            #expect(line.contains("in handler flaky on Placed, position 1 of order-1"))
        }
    }

    @Test(arguments: [
        (
            "order.OrderPlacd", #"event "order.OrderPlaced" {}"#,
            #"which no contract of order names; did you mean "OrderPlaced"?"#
        ),
        (
            "order.Shipped", #"event "order.OrderPlaced" {}"#,
            "which no contract of order names; there are OrderPlaced"
        ),
        (
            "order.OrderPlacd", #"event "OrderPlaced" {}"#,
            #"which no contract names; did you mean "OrderPlaced"?"#
        ),
        (
            "*.OrderPlacd", #"event "order.OrderPlaced" {}"#,
            #"which no contract names; did you mean "OrderPlaced"?"#
        ),
    ])
    func `a handler of an event that no contract names is a warning`(
        on: String,
        contract: String,
        doubt: String
    ) async throws {
        let app = AppFixture("\(contract)\nhandler \"h\" { on = \"\(on)\", run = function() end }")
        let lines = try await lines(of: app) { _ in }
        #expect(lines == ["warning: handler h listens to \(on), \(doubt)"])
    }

    @Test(arguments: ["order.OrderPlaced", "order.*", "*.OrderPlaced", "order.Folded", "stock.Shipped"])
    func `a handler of an event that a contract or a fold names is none`(on: String) async throws {
        let app = AppFixture(
            """
            event "order.OrderPlaced" {}
            aggregate "order" { events = { Folded = function() end } }
            handler "h" { on = "\(on)", run = function() end }
            """
        )
        #expect(try await lines(of: app) { _ in } == [])
    }
}
