import Testing

extension Stories.CrashStory {
    /// Each read model answers as a fold of the log does.
    func checkReadModels(_ ledger: OrderLedger, end: Int, with clients: OrderClients) async throws {
        let orders = ledger.orders.sorted { $0.key < $1.key }
        let rows: [OrderRow?] = try await clients.each(orders.map(\.key)) { client, id in
            try await client.query("order-summary?order=\(id)", after: end)
        }
        let folded = orders.map { id, order in
            OrderRow(order: id, customer: order.customer, status: order.status, total: order.total)
        }
        let wrong = zip(rows, folded).filter { $0 != $1 }
        expectNone(
            wrong.map { "\($0, default: "no row"), not \($1)" },
            "the read model isn't the fold of the log"
        )
        let byStatus: [[StatusRow]?] = try await clients.each([end]) { client, end in
            try await client.query("orders-by-status", after: end)
        }
        #expect(byStatus == [statusRows(of: ledger)])
        let shelves = ledger.shelves.sorted { $0.key < $1.key }
        let levels: [StockRow?] = try await clients.each(shelves.map(\.key)) { client, sku in
            try await client.query("stock-level?sku=\(sku)", after: end)
        }
        #expect(levels == shelves.map { StockRow(sku: $0, available: $1.available, reserved: $1.reserved) })
        let customers = Set(ledger.orders.values.map(\.customer)).sorted()
        let sales: [SalesRow?] = try await clients.each(customers) { client, customer in
            try await client.query("sales-by-customer?customer=\(customer)", after: end)
        }
        #expect(sales == customers.map { salesRow(of: $0, in: ledger) })
    }

    private func statusRows(of ledger: OrderLedger) -> [StatusRow] {
        Dictionary(grouping: ledger.orders.values, by: \.status).sorted { $0.key < $1.key }.map {
            status,
            orders in
            StatusRow(status: status, orders: orders.count, total: orders.reduce(0) { $0 + $1.total })
        }
    }

    private func salesRow(of customer: String, in ledger: OrderLedger) -> SalesRow {
        let paid = ledger.orders.values.filter { $0.customer == customer && $0.status == "paid" }
        return SalesRow(customer: customer, orders: paid.count, total: paid.reduce(0) { $0 + $1.total })
    }
}
