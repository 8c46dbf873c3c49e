/// A thousand orders, the same in every run: what is placed, what there is in stock, what is paid.
///
/// Each SKU gets less than is asked for in all, so that some orders are refused, a few of them after a part
/// of their lines had been reserved.
struct OrderPlan: Sendable {
    struct Line: Hashable, Sendable {
        let sku: String
        let quantity: Int
        let price: Int
    }

    struct Order: Sendable {
        let id: String
        let customer: String
        let lines: [Line]

        var total: Int { lines.reduce(0) { $0 + $1.quantity * $1.price } }

        var arguments: String {
            let lines = lines.map { #"{"sku":"\#($0.sku)","quantity":\#($0.quantity),"price":\#($0.price)}"# }
            return #"{"customer":"\#(customer)","lines":[\#(lines.joined(separator: ","))]}"#
        }
    }

    let orders: [Order]
    /// Units that come into stock, by SKU.
    let stock: [String: Int]

    init(count: Int) {
        let skus = (1...12).map { "teapot-\($0)" }
        var demand: [String: Int] = [:]
        orders = (0..<count).map { index in
            let lines = (0...index % 3).map { line in
                // Steps that share no factor with 12, so that the lines of an order name different SKUs.
                Line(
                    sku: skus[(index * 7 + line * 5) % skus.count],
                    quantity: 1 + (index + line) % 4,
                    price: 100 + line * 25
                )
            }
            for line in lines { demand[line.sku, default: 0] += line.quantity }
            return Order(id: "\(1000 + index)", customer: "customer-\(index % 7)", lines: lines)
        }
        stock = demand.mapValues { $0 * 85 / 100 }
    }
}
