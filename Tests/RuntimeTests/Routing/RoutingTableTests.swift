import EventLog
import Testing

@testable import Runtime

@Suite struct RoutingTableTests {
    private func handlers(_ table: RoutingTable, of category: String, _ type: String) -> Set<Int> {
        var found: Set<Int> = []
        table.forEachHandler(of: category, type) { found.insert($0) }
        return found
    }

    @Test func `the table finds whom the patterns match, and nobody else`() {
        let categories = ["order", "stock", "payment", "$sent", "*"]
        let types = ["Placed", "Paid", "Moved", "*"]
        let all = categories.flatMap { category in types.map { "\(category).\($0)" } }
        // One pattern each, then every pair of them.
        let lists = all.map { [$0] } + all.flatMap { first in all.map { [first, $0] } }
        let patterns = lists.map { $0.map(EventPattern.init) }
        let table = RoutingTable(patterns)
        for category in ["order", "stock", "payment", "other", "$sent", "$other"] {
            for type in ["Placed", "Paid", "Moved", "Other"] {
                let expected = patterns.indices.filter { place in
                    patterns[place].contains { $0.matches(category: category[...], type: type) }
                }
                #expect(handlers(table, of: category, type) == Set(expected))
            }
        }
    }
}
