import EventLog
import TestSupport
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

/// `tags` of a handler, from the log and from the router alike.
@Suite struct TagRoutingTests {
    private func app(_ head: String) -> AppFixture {
        """
        handler "h" { \(head), run = function(e) emit("seen-1", "Seen", { at = e.position }) end }
        """
    }

    private let events = [
        ("order-1", "Placed", ["a"]), ("order-2", "Placed", ["b", "a"]),
        ("stock-1", "Moved", ["a", "b", "c"]),
        ("order-3", "Placed", []), ("order-4", "Paid", ["a", "b"]),
    ]

    @Test(arguments: [
        (#"tags = { "a", "b" }"#, [2, 3, 5]),
        (#"tags = "c""#, [3]),
        (#"on = "order.*", tags = { "a" }"#, [1, 2, 5]),
        (#"on = "order.Placed", tags = { "a", "b" }"#, [2]),
        (#"on = { "order.Paid", "stock.Moved" }, tags = { "b" }"#, [3, 5]),
        (#"on = "*.*", tags = { "x" }"#, []),
    ])
    func `an event needs all the tags of a handler`(head: String, wanted: [Int]) async throws {
        // Half of them are there before the host, which reads them from the log; the others it is brought.
        for before in [0, 2, 5] {
            let log = MemoryLog()
            let all = try events.map { stream, type, tags in
                NewEvent(stream: try StreamName(stream), type: type, tags: tags)
            }
            if before > 0 { _ = try await log.commit(NewFrame(events: Array(all.prefix(before)))) }
            try await withHost(app(head), log: log) { fixture in
                try await fixture.untilIdle()
                let offset = Int(log.lastPosition) - before
                if before < 5 {
                    _ = try await fixture.host.commit(NewFrame(events: Array(all.dropFirst(before))))
                }
                try await fixture.untilIdle()
                let positions = try fixture.recorded(.category("seen")).map { event in
                    Int(try JSONValue(parsing: event.data)["at"]?.integer ?? 0)
                }
                #expect(positions.sorted() == wanted.map { $0 > before ? $0 + offset : $0 })
            }
        }
    }

    @Test(arguments: [
        ("tags = {}", "needs tags to name at least one"),
        ("tags = { 5 }", "needs tags to be a list of texts"),
        (#"tags = "a", on = {}"#, "needs on to name events"),
        ("where = nil", "needs on to name events"),
    ])
    func `tags that make no sense are refused at load`(head: String, text: String) async throws {
        let error = await #expect(throws: RuntimeError.self) { try await HostFixture(app(head)) }
        #expect(error?.description.contains(text) == true)
    }
}
