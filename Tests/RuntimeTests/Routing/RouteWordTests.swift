import EventLog
import Runtime
import TestSupport
import Testing

/// `route`: events told again in another category, by what is in them.
@Suite struct RouteWordTests {
    @Test func `an event is told again where its content leads it, once`() async throws {
        let app: AppFixture = """
            route { from = "payment.*", where = function(e) return e.data.amount > 100 end, to = "review" }
            route { from = { "payment.Made", "refund.Made" }, to = "review", name = "all-made" }
            """
        let log = MemoryLog()
        for _ in 0..<2 {
            try await withHost(app, log: log) { fixture in
                try await fixture.untilIdle()
                guard log.lastPosition == 0 else { return }
                let payment = NewEvent(
                    stream: try StreamName("payment-7"),
                    type: "Made",
                    data: Array(#"{"amount":500}"#.utf8)[...],
                    tags: ["customer:1"]
                )
                let receipt = try await fixture.host.commit(NewFrame(events: [payment]))
                try await fixture.append(#"payment-8 Asked {"amount":5}"#, #"refund-9 Made {"amount":1}"#)
                try await fixture.untilIdle()
                #expect(receipt.firstPosition == 1)
            }
        }
        let reviews = try log.read(ReadRequest(.category("review"))).events
        let lines = try reviews.map(EventText.line)
        let twice = #"review-7 Made {"amount":500}"#
        #expect(lines.sorted() == [twice, twice, #"review-9 Made {"amount":1}"#])
        #expect(reviews.filter { $0.stream.text == "review-7" }.allSatisfy { $0.tags == ["customer:1"] })
        let by = Set(try reviews.compactMap { try $0.metaFields()["by"]?.string })
        #expect(by == ["route-review", "all-made"])
    }

    @Test(arguments: [
        ("route { to = \"review\" }", "route needs from to name events"),
        ("route { from = \"a.*\" }", "route needs to to be a category"),
        ("route { from = \"a.*\", to = \"a-b\" }", "route needs to to be a category"),
        ("route { from = \"a.*\", to = \"$sent\" }", "route needs to to be a category"),
        ("route { from = \"a.*\", to = \"b\", were = 1 }", "route has no field were"),
        ("route { from = \"a.*\", to = \"b\", where = 1 }", "route needs where to be a function"),
        (
            "route { from = \"a.*\", to = \"a\" }",
            "route from a.* to a would route what it has routed, for ever"
        ),
        (
            "route { from = \"*.B\", to = \"a\" }",
            "route from *.B to a would route what it has routed, for ever"
        ),
        ("route { from = \"a\", to = \"b\" }", "has on = a; write \"category.Type\""),
        (
            "route { from = \"a.*\", to = \"b\" } route { from = \"c.*\", to = \"b\" }",
            "handler \"route-b\" is declared twice"
        ),
    ])
    func `a route that makes no sense is refused at load`(text: String, said: String) async throws {
        let error = await #expect(throws: RuntimeError.self) { try await HostFixture(AppFixture(text)) }
        #expect(error?.description.contains(said) == true)
    }
}
