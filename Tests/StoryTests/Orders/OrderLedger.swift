/// The fold of the log that the test makes itself, in Swift and from the events alone: what the scripts' own
/// state and the read models are held against.
struct OrderLedger {
    struct Order: Equatable {
        var customer: String
        var total: Int
        var lines: [StoredEvent.Fields.Line]
        var status = "placed"
        var paid = 0
        var reserved = 0
        var cancelled = 0
        var settled = 0
    }

    struct Shelf: Equatable {
        var added = 0
        var available = 0
        /// The lowest that `available` ever was.
        var lowest = 0
        /// Units held, by order.
        var held: [String: Int] = [:]

        var reserved: Int { held.values.reduce(0, +) }
    }

    struct Account: Equatable {
        var received = 0
        var refunded = 0
        var receipts = 0
        var refunds = 0
    }

    private(set) var orders: [String: Order] = [:]
    private(set) var shelves: [String: Shelf] = [:]
    private(set) var accounts: [String: Account] = [:]
    /// How often stock was reserved and released, by order and SKU.
    private(set) var reservations: [String: [String: Int]] = [:]
    private(set) var releases: [String: [String: Int]] = [:]
    /// Events that make no sense where they stand.
    private(set) var faults: [String] = []

    init(_ events: [StoredEvent]) {
        for event in events {
            switch event.category {
            case "order": applyToOrder(event)
            case "stock": applyToStock(event)
            case "payment": applyToPayment(event)
            case let category where category.hasPrefix("$"): break
            default: fault(event)
            }
        }
    }

    private mutating func fault(_ event: StoredEvent) {
        faults.append("\(event.type) of \(event.stream) at \(event.position)")
    }

    private mutating func applyToOrder(_ event: StoredEvent) {
        if event.type == "OrderPlaced" {
            guard orders[event.key] == nil, let customer = event.data.customer, let total = event.data.total,
                let lines = event.data.lines
            else { return fault(event) }
            orders[event.key] = Order(customer: customer, total: total, lines: lines)
            return
        }
        guard var order = orders[event.key] else { return fault(event) }
        switch event.type {
        case "OrderReserved":
            order.reserved += 1
            order.status = order.paid > 0 ? "paid" : "reserved"
        case "OrderPaid":
            order.settled += 1
            order.paid += event.data.amount ?? 0
            order.status = "paid"
        case "OrderCancelled":
            order.cancelled += 1
            order.status = "cancelled"
        default: fault(event)
        }
        orders[event.key] = order
    }

    private mutating func applyToStock(_ event: StoredEvent) {
        guard let quantity = event.data.quantity else { return fault(event) }
        var shelf = shelves[event.key] ?? Shelf()
        switch (event.type, event.data.order) {
        case ("StockAdded", _):
            shelf.added += quantity
            shelf.available += quantity
        case ("StockReserved", let order?):
            shelf.available -= quantity
            shelf.lowest = min(shelf.lowest, shelf.available)
            shelf.held[order, default: 0] += quantity
            reservations[order, default: [:]][event.key, default: 0] += 1
        case ("StockReleased", let order?):
            if shelf.held.removeValue(forKey: order) != quantity { fault(event) }
            shelf.available += quantity
            releases[order, default: [:]][event.key, default: 0] += 1
        default: fault(event)
        }
        shelves[event.key] = shelf
    }

    private mutating func applyToPayment(_ event: StoredEvent) {
        guard let amount = event.data.amount else { return fault(event) }
        var account = accounts[event.key] ?? Account()
        switch event.type {
        case "PaymentReceived":
            account.received += amount
            account.receipts += 1
        case "PaymentRefunded":
            account.refunded += amount
            account.refunds += 1
        default: fault(event)
        }
        accounts[event.key] = account
    }
}
