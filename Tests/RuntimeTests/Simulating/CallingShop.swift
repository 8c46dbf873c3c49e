import EventLog
import TestSupport

/// An app whose handler asks a bank, and goes on with the answer.
enum CallingShop {
    /// `total` is Lua: what an order's total is.
    static func app(_ total: String) -> AppFixture {
        """
        allow = { "https://bank.example" }
        aggregate "order" { commands = { place = function(order, args)
          emit("OrderPlaced", { total = \(total) })
        end }, events = {} }
        handler "pay" { on = "order.OrderPlaced", run = function(e)
          local answer = http.post("https://bank.example/pay", { total = e.data.total })
          emit("paid-" .. e.key, "Paid", { n = answer.json.n })
        end }
        handler "mail" { on = "paid.*", run = function(e) emit("mail-" .. e.key, "Sent", {}) end }
        """
    }

    /// Two orders, of 10 and 20.
    static func history() async throws -> MemoryLog {
        let log = MemoryLog()
        let options = HostFixture.Options(calls: FakeServer().calls)
        try await withHost(app("args.total"), log: log, options: options) { fixture in
            for number in 1...2 {
                _ = try await fixture.execute("order-\(number) place", #"{"total":\#(number * 10)}"#)
                try await fixture.untilIdle()
            }
        }
        return log
    }
}
