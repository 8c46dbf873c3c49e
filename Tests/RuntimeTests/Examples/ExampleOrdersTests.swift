import EventLog
import Foundation
import Runtime
import TestSupport
import Testing

/// The story of `scripts/examples/orders`, as it is shipped.
@Suite(.unlessItHangs) struct ExampleOrdersTests {
    private static func app() throws -> AppFixture {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent("scripts/examples/orders").path
        let files = try ScriptSet(folder: folder).files
        return AppFixture(files: files.mapValues { String(decoding: $0, as: UTF8.self) })
    }

    private func withShop(tea: Int = 0, _ body: (HostFixture) async throws -> Void) async throws {
        try await withHost(try Self.app()) { fixture in
            if tea > 0 { _ = try await fixture.execute("stock-tea restock", #"{"quantity":\#(tea)}"#) }
            try await body(fixture)
        }
    }

    private func place(_ order: String, tea: Int, on fixture: HostFixture) async throws {
        let outcome = try await fixture.execute(
            "order-\(order) place",
            #"{"customer":"ada","lines":[{"sku":"tea","quantity":\#(tea),"price":250}]}"#
        )
        guard case .accepted = outcome else {
            Issue.record("the order was refused: \(outcome)")
            return
        }
        try await fixture.untilIdle()
    }

    private func pay(_ order: String, _ amount: Int, on fixture: HostFixture) async throws {
        _ = try await fixture.execute("payment-\(order) receive", #"{"amount":\#(amount)}"#)
        try await fixture.untilIdle()
    }

    private func types(of stream: String, on fixture: HostFixture) throws -> [String] {
        try fixture.recorded(.stream(try StreamName(stream))).map(\.type)
    }

    @Test func `an order reserves its stock and is confirmed, in one frame`() async throws {
        try await withShop(tea: 5) { fixture in
            try await place("1", tea: 2, on: fixture)
            #expect(try types(of: "order-1", on: fixture) == ["OrderPlaced", "OrderReserved"])
            #expect(try await fixture.state("stock-tea") == #"{"available":3,"held":{"1":2}}"#)
            let reserved = try fixture.recorded(.all).filter {
                ["StockReserved", "OrderReserved"].contains($0.type)
            }
            #expect(Set(reserved.map(\.time)).count == 1)
            #expect(
                try await fixture.query("order-summary", #"{"order":"1"}"#)
                    == #"{"customer":"ada","order":"1","status":"reserved","total":500}"#
            )
        }
    }

    @Test func `an order that the stock can't fill is cancelled, and holds nothing`() async throws {
        try await withShop(tea: 1) { fixture in
            let lines =
                #"{"customer":"ada","lines":[{"sku":"tea","quantity":1,"price":1},"#
                + #"{"sku":"cup","quantity":1,"price":1}]}"#
            _ = try await fixture.execute("order-1 place", lines)
            try await fixture.untilIdle()
            #expect(try types(of: "order-1", on: fixture) == ["OrderPlaced", "OrderCancelled"])
            #expect(
                try types(of: "stock-tea", on: fixture) == ["StockAdded", "StockReserved", "StockReleased"]
            )
            #expect(try await fixture.state("stock-tea") == #"{"available":1,"held":{}}"#)
            #expect(try fixture.events(of: "order-1")[1].contains("only 0 left, 1 wanted"))
            #expect(
                try await fixture.query("orders-by-status")
                    == #"[{"orders":1,"status":"cancelled","total":2}]"#
            )
        }
    }

    @Test func `the right payment pays the order, and sales count it`() async throws {
        try await withShop(tea: 5) { fixture in
            try await place("1", tea: 2, on: fixture)
            try await place("2", tea: 1, on: fixture)
            try await pay("1", 500, on: fixture)
            #expect(try types(of: "order-1", on: fixture).last == "OrderPaid")
            #expect(
                try await fixture.query("sales-by-customer", #"{"customer":"ada"}"#)
                    == #"{"customer":"ada","orders":1,"total":500}"#
            )
            #expect(
                try await fixture.query("stock-level", #"{"sku":"tea"}"#)
                    == #"{"available":2,"reserved":3,"sku":"tea"}"#
            )
        }
    }

    @Test(arguments: [("1", 499), ("1", 501), ("unknown", 500)])
    func `a payment that the order doesn't want goes back`(order: String, amount: Int) async throws {
        try await withShop(tea: 5) { fixture in
            try await place("1", tea: 2, on: fixture)
            try await pay(order, amount, on: fixture)
            #expect(try types(of: "payment-\(order)", on: fixture) == ["PaymentReceived", "PaymentRefunded"])
            let payment = #"{"received":\#(amount),"refunded":\#(amount)}"#
            #expect(try await fixture.state("payment-\(order)") == payment)
            #expect(try types(of: "order-1", on: fixture).last == "OrderReserved")
        }
    }

    @Test func `a second payment goes back, the first stays`() async throws {
        try await withShop(tea: 5) { fixture in
            try await place("1", tea: 2, on: fixture)
            try await pay("1", 500, on: fixture)
            try await pay("1", 500, on: fixture)
            #expect(try await fixture.state("payment-1") == #"{"received":1000,"refunded":500}"#)
            #expect(try types(of: "order-1", on: fixture).filter { $0 == "OrderPaid" }.count == 1)
        }
    }

    @Test func `an order that was paid and then cancelled is paid back`() async throws {
        try await withShop(tea: 5) { fixture in
            try await place("1", tea: 2, on: fixture)
            try await pay("1", 500, on: fixture)
            _ = try await fixture.execute("order-1 cancel", #"{"reason":"changed my mind"}"#)
            try await fixture.untilIdle()
            #expect(try await fixture.state("payment-1") == #"{"received":500,"refunded":500}"#)
            #expect(try await fixture.query("sales-by-customer", #"{"customer":"ada"}"#) == "null")
        }
    }

    @Test(arguments: [
        ("order-1 place", "{}", "no-customer"),
        ("order-1 place", #"{"customer":"ada"}"#, "no-lines"),
        ("order-1 place", #"{"customer":"ada","lines":[]}"#, "no-lines"),
        ("order-1 place", #"{"customer":"ada","lines":[{"sku":"tea","quantity":0,"price":1}]}"#, "bad-line"),
        (
            "order-1 place", #"{"customer":"ada","lines":[{"sku":"tea","quantity":1.5,"price":1}]}"#,
            "bad-line"
        ),
        ("order-1 pay", #"{"amount":5}"#, "unknown-order"),
        ("order-1 cancel", "{}", "unknown-order"),
        ("stock-tea restock", #"{"quantity":0}"#, "bad-quantity"),
        ("payment-1 receive", #"{"amount":-5}"#, "bad-amount"),
        ("payment-1 refund", #"{"amount":5}"#, "nothing-to-refund"),
    ])
    func `a command that makes no sense is refused`(
        command: String,
        arguments: String,
        code: String
    ) async throws {
        try await given(try Self.app()).when(command, arguments).then(.refused(code))
    }

    @Test func `given that an order was placed, it can't be placed again`() async throws {
        try await given(try Self.app(), #"order-1 OrderPlaced {"customer":"ada","lines":[],"total":5}"#)
            .when("order-1 place", #"{"customer":"bob","lines":[{"sku":"tea","quantity":1,"price":1}]}"#)
            .then(.refused("already-placed"))
    }

    @Test func `orders that arrive at once never reserve more than there is`() async throws {
        try await withShop(tea: 25) { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for n in 0..<40 {
                    group.addTask {
                        let lines = #"{"customer":"c\#(n)","lines":[{"sku":"tea","quantity":1,"price":250}]}"#
                        _ = try await fixture.execute("order-\(n) place", lines, key: "place-\(n)")
                    }
                }
                try await group.waitForAll()
            }
            try await fixture.untilIdle()
            let counts = try await fixture.query("orders-by-status")
            let expected =
                #"[{"orders":15,"status":"cancelled","total":3750},"#
                + #"{"orders":25,"status":"reserved","total":6250}]"#
            #expect(counts == expected)
            let level = try await fixture.query("stock-level", #"{"sku":"tea"}"#)
            #expect(level == #"{"available":0,"reserved":25,"sku":"tea"}"#)
        }
    }
}
