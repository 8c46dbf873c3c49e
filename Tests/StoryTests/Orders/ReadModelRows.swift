/// A row of the query `order-summary`.
struct OrderRow: Decodable, Sendable, Equatable {
    let order: String
    let customer: String
    let status: String
    let total: Int
}

/// A row of the query `orders-by-status`.
struct StatusRow: Decodable, Sendable, Equatable {
    let status: String
    let orders: Int
    let total: Int
}

/// The row of the query `sales-by-customer`.
struct SalesRow: Decodable, Sendable, Equatable {
    let customer: String
    let orders: Int
    let total: Int
}

/// The row of the query `stock-level`.
struct StockRow: Decodable, Sendable, Equatable {
    let sku: String
    let available: Int
    let reserved: Int
}
