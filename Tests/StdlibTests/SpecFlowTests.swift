import Runtime
import TestSupport
import Testing

/// `when.settled`: all that follows, in order, until nothing is left.
@Suite struct SpecFlowTests {
    private static let app: AppFixture = """
        aggregate "order" {
          initial = { status = "new" },
          commands = {
            place = function(order, args) emit("Placed", { sku = args.sku }) end,
            confirm = function(order) emit("Confirmed") end,
            cancel = function(order, args) emit("Cancelled", { reason = args.reason }) end,
          },
          events = {
            Placed = function(order) order.status = "placed" end,
            Confirmed = function(order) order.status = "confirmed" end,
            Cancelled = function(order) order.status = "cancelled" end,
          },
        }
        aggregate "stock" {
          initial = { left = 1 },
          commands = { take = function(stock, args)
            if stock.left == 0 then reject("out-of-stock") end
            emit("Taken", { order = args.order })
          end },
          events = { Taken = function(stock) stock.left = stock.left - 1 end },
        }
        handler "reserve" { on = "order.Placed", run = function(e)
          local ok, refusal = command("stock", e.data.sku, "take", { order = e.key })
          if ok then send("order", e.key, "confirm") else
            send("order", e.key, "cancel", { reason = refusal.code })
          end
        end }
        handler "tell" { on = "order.*", where = function(e) return e.type ~= "Placed" end, run = function(e)
          emit("mail-" .. e.key, "Told", { type = e.type, by = e.meta.by, same = e.meta.correlation ~= nil })
        end }
        handler "ping" { on = "ping.Sent", run = function(e) send("pong", e.data.next, "hit") end }
        aggregate "pong" { commands = { hit = function() emit("Hit") end } }
        handler "pong" { on = "pong.Hit", run = function(e)
          emit("ping-" .. e.key, "Sent", { next = tostring(#e.key < 9 and e.key .. "1" or "1") })
        end }
        handler "watch-sent" {
          on = "$sent.CommandSent", where = function(e) return e.data.command == "cancel" end,
          run = function(e) emit("seen-1", "Seen", { command = e.data.command }) end,
        }
        """

    private static let place = #"when("order-1", "place", { sku = "tea" }) "#
    private static let told = #"{ "Told", { type = "Confirmed", by = "$sender", same = true } }"#

    @Test(arguments: [
        // By itself, nothing follows.
        place
            + #"expect("order-1", { "Placed" }) expect("stock-tea") "#
            + #"expect.state("order-1", { status = "placed" })"#,
        place + #"when.settled() expect("order-1", { "Placed", { sku = "tea" } }, { "Confirmed" }) "#
            + #"expect("stock-tea", { "Taken", { order = "1" } }) expect.sent("order-1", "confirm") "#
            + #"expect("mail-1", \#(told)) expect.state("order-1", { status = "confirmed" })"#,
        // The handlers of the event of a `when` have run; they don't run again.
        #"when("order-1", { "Placed", { sku = "tea" } }) expect.sent("order-1", "confirm") "#
            + #"when.settled() expect("stock-tea", { "Taken" }) expect("order-1", { "Confirmed" })"#,
        // What two commands ask for is settled at once, and once.
        place + #"when("order-2", "place", { sku = "tea" }) when.settled() "#
            + #"expect.refused("out-of-stock") expect("order-2", { "Placed" }, { "Cancelled" }) "#
            + #"expect.state("order-1", { status = "confirmed" }) expect("seen-1", { "Seen" }) "#
            + #"when.settled() expect("order-2", { "Placed" }, { "Cancelled" })"#,
        // What was given has been dealt with.
        #"given("order-1", { "Placed", { sku = "tea" } }) when.settled() expect.nothing()"#,
    ])
    func `a spec that tells what follows holds`(body: String) throws {
        #expect(try SpecBench.failure(Self.app, body)?.text == nil)
    }

    @Test func `a circle is told by what goes round`() throws {
        let failure = try #require(
            try SpecBench.failure(Self.app, #"when("ping-1", { "Sent", { next = "1" } }) when.settled()"#)
        )
        #expect(
            failure.summary == "when.settled: 1000 things followed, and there is no end to it: "
                + "pong.Hit by $sender -> ping.Sent by pong -> pong.hit sent by ping -> pong.Hit by $sender",
            "\(failure.text)"
        )
        #expect(failure.file == "rules_spec.lua" && failure.line == 2)
    }

    @Test func `a command that nobody expected to be refused is told before what follows`() throws {
        let body = #"given("stock-tea", { "Taken" }) when("stock-tea", "take") when.settled()"#
        let failure = try #require(try SpecBench.failure(Self.app, body))
        #expect(failure.summary == "stock.take was refused: out-of-stock, out-of-stock")
    }

    @Test func `a handler that fails on the way is told with its own lines`() throws {
        let app: AppFixture = """
            aggregate "a" { commands = { go = function() emit("Gone") end } }
            handler "h" { on = "a.Gone", run = function() error("broken") end }
            """
        let failure = try #require(try SpecBench.failure(app, #"when("a-1", "go") when.settled()"#))
        #expect(failure.file == "app.lua" && failure.line == 2 && failure.summary == "broken")
    }

    @Test func `a handler's time is that of its event, however late it runs`() throws {
        let app: AppFixture = """
            aggregate "a" { commands = { go = function() emit("Gone") end } }
            handler "h" { on = "a.Gone", run = function(e)
              emit("b-1", "Seen", { now = now(), time = e.time })
            end }
            """
        let body =
            #"given.now(5) when("a-1", "go") given.now(9) when.settled() "#
            + #"expect("b-1", { "Seen", { now = 5, time = 5 } })"#
        #expect(try SpecBench.failure(app, body)?.text == nil)
    }
}
