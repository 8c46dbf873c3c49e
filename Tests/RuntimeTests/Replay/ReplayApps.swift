import EventLog
import TestSupport

@testable import Runtime

/// What the suites of replay share: an app that does a bit of everything, and its history.
enum ReplayApps {
    static let shop: AppFixture = """
        aggregate "order" {
          initial = { status = "new", total = 0 },
          commands = {
            place = function(order, args)
              if order.status ~= "new" then reject("already-placed", "it was placed before") end
              local total = args.total
              if total > 50 then total = total - 5 end
              emit("OrderPlaced", { total = total, at = now(), dice = random(6), id = uuid() })
            end,
            ship = function(order)
              if order.status ~= "placed" then reject("not-placed", "it is " .. order.status) end
              emit("OrderShipped", {}, { tags = { "shipped" }, meta = { carrier = "a\\"b" } })
            end,
          },
          events = {
            OrderPlaced = function(order, e) order.status, order.total = "placed", e.data.total end,
            OrderShipped = function(order) order.status = "shipped" end,
          },
        }

        aggregate "stock" {
          initial = { left = 3 },
          commands = {
            reserve = function(stock)
              if stock.left == 0 then reject("sold-out", "nothing is left") end
              emit("Reserved", { left = stock.left - 1 })
            end,
          },
          events = { Reserved = function(stock, e) stock.left = e.data.left end },
        }

        handler "reserve" {
          on = "order.OrderPlaced",
          run = function(e)
            local ok, why = command("stock", "pear", "reserve")
            emit("note-" .. e.key, "Noted", { ok = ok, why = why, dice = random(6), at = now() })
            if not ok then abort("sold out", { record = true }) end
            send("order", e.key, "ship")
          end,
        }

        handler "count" {
          on = "order.OrderShipped",
          run = function(e)
            local seen = read { tags = { "shipped" } }
            emit("shipped-all", "Counted", { count = #seen })
          end,
        }

        handler "quiet" { on = "order.*", run = function(e) end }
        """

    /// Lets the app live for a while, and gives its log.
    static func history(_ app: AppFixture = shop) async throws -> MemoryLog {
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            for number in 1...6 {
                _ = try await fixture.execute("order-\(number) place", #"{"total":\#(number * 20)}"#)
                fixture.clock.advance(by: 1_234_567)
            }
            _ = try await fixture.execute("order-1 place", #"{"total":7}"#, key: "again")
            try await fixture.untilIdle()
            _ = try await fixture.execute("order-6 ship")
            _ = try await fixture.execute("order-6 ship")
            try await fixture.untilIdle()
        }
        return log
    }

    /// Every step of a log with what comes of it now.
    static func replay(
        _ app: AppFixture,
        over log: any EventLog,
        seed: UInt32? = nil
    ) throws -> [(step: RecordedStep, replayed: ReplayedStep)] {
        let replayer = try Replayer(try app.scripts(), over: log, from: 0, seed: seed, traces: true)
        var steps: [(RecordedStep, ReplayedStep)] = []
        let walk = try StepWalk(
            log,
            over: 1...max(1, log.lastPosition),
            handlers: replayer.session.definitions.handlers
        )
        try walk.run { visit in
            switch visit {
            case .event(let event): replayer.past.move(over: event)
            case .step(let step): steps.append((step, try replayer.run(step)))
            }
        }
        return steps
    }
}
