import Foundation
import Runtime
import Testing

/// The specs of the example order system, as they ship.
@Suite struct ExampleSpecTests {
    private static let scripts = Result { () throws -> ScriptSet in
        try ScriptSet(folder: ShippedSpecs.root.appending(path: "scripts/examples/orders").path)
    }

    @Test func `the orders example keeps its specs`() throws {
        let runner = try SpecRunner(scripts: try Self.scripts.get(), logger: .quiet)
        #expect(runner.specs.count >= 10)
        for result in runner.run() {
            #expect(result.failure?.text == nil)
        }
    }

    @Test(arguments: [
        ("order.lua", "line.quantity * line.price", "line.price", "an order costs what its lines cost"),
        (
            "stock.lua", "if stock.available < args.quantity then", "if false then",
            "an order that can't be filled is cancelled, and gives back what it reserved"
        ),
        (
            "app.lua", "amount = e.data.paid, reason", "amount = 0, reason",
            "an order that is cancelled after it was paid is paid back"
        ),
        (
            "summary.lua", "set status = 'paid'", "set status = 'payed'",
            "an order that is placed and paid is paid in every table"
        ),
        (
            "app.lua", "amount = e.data.amount, reason", "amount = 1, reason",
            "money for an order that was cancelled meanwhile goes back, and the stock is as it was"
        ),
    ])
    func `a rule that is broken breaks the spec that tells of it`(
        file: String,
        rule: String,
        broken: String,
        spec: String
    ) throws {
        let shipped = try Self.scripts.get()
        var files = shipped.files
        let text = String(decoding: try #require(files[file]), as: UTF8.self)
        #expect(text.contains(rule))
        files[file] = Array(text.replacing(rule, with: broken).utf8)
        let app = try ScriptSet(name: "orders", files: files)
        let runner = try SpecRunner(
            scripts: app,
            files: shipped.specs,
            fixtures: shipped.fixtures,
            logger: .quiet
        )
        let failed = runner.run().filter { !$0.passed }
        #expect(failed.map(\.spec.name).contains(spec))
        #expect(failed.allSatisfy { $0.failure?.line ?? 0 > 0 })
    }
}
