import EventLog
import Testing

@testable import Runtime

@Suite struct RoutingTests {
    @Test(arguments: [
        ("order.Placed", "order", "Placed", true),
        ("order.Placed", "order", "Paid", false),
        ("order.Placed", "orders", "Placed", false),
        ("order.*", "order", "Anything", true),
        ("order.*", "payment", "Anything", false),
        ("*.Placed", "whatever", "Placed", true),
        ("*.Placed", "$command", "Placed", false),
        ("*.*", "whatever", "Anything", true),
        ("*.*", "$sent", "CommandSent", false),
        ("$sent.*", "$sent", "CommandSent", true),
        ("$sent.CommandSent", "$sent", "CommandSent", true),
    ])
    func `a pattern matches`(pattern: String, category: String, type: String, matches: Bool) {
        #expect(EventPattern(pattern).matches(category: category[...], type: type) == matches)
    }

    @Test(
        arguments: [
            (["order.Placed"], .query(EventQuery(types: ["Placed"], category: "order"))),
            (
                ["order.Placed", "order.Paid"],
                .query(EventQuery(types: ["Placed", "Paid"], category: "order"))
            ),
            (["order.Placed", "stock.Paid"], .query(EventQuery(types: ["Placed", "Paid"]))),
            (["*.Placed"], .query(EventQuery(types: ["Placed"]))),
            (["order.*"], .category("order")),
            (["order.*", "order.Placed"], .category("order")),
            (["order.*", "stock.*"], .all),
            (["order.*", "*.Placed"], .all),
            (["*.*"], .all),
        ] as [([String], EventFilter)]
    )
    func `the log is asked for no more than the patterns want`(patterns: [String], filter: EventFilter) {
        #expect(Routing(patterns.map(EventPattern.init)).filter == filter)
    }

    @Test func `what the log gives too much of is sorted out`() async throws {
        let log = MemoryLog()
        let names = ["order-1 Placed", "stock-1 Placed", "order Paid", "stock-1 Paid", "$sent-1 Placed"]
        let events = try names.map { name in
            let parts = name.split(separator: " ").map(String.init)
            return NewEvent(stream: try StreamName(parts[0]), type: parts[1])
        }
        _ = try await log.commit(NewFrame(events: events))
        let routing = Routing(["order.Placed", "stock.Paid", "order.Paid"].map(EventPattern.init))
        let wanted = try log.read(ReadRequest(routing.filter)).events.filter(routing.wants)
        #expect(wanted.map { "\($0.stream) \($0.type)" } == ["order-1 Placed", "order Paid", "stock-1 Paid"])
    }
}
