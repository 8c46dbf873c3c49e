/// What the log says about money, read without the host: what each account holds, and what became of each
/// transfer.
struct MoneyLedger {
    /// Everything that is wrong, a sentence each.
    private(set) var faults: [String] = []
    private(set) var balances: [String: Int] = [:]
    /// Events about each transfer, by type: how many.
    private(set) var transfers: [String: [String: Int]] = [:]

    init(_ events: [StoredEvent], _ plan: MoneyPlan) {
        for event in events where !event.stream.hasPrefix("$") { add(event, plan) }
        for transfer in plan.transfers {
            let found = transfers[transfer.id] ?? [:]
            let moved = ["Requested": 1, "Withdrawn": 1, "Deposited": 1, "Completed": 1]
            let refused = ["Requested": 1, "Refused": 1]
            if found != moved && found != refused { faults.append("transfer \(transfer.id): \(found)") }
        }
        if transfers.count != plan.transfers.count { faults.append("\(transfers.count) transfers") }
    }

    private mutating func add(_ event: StoredEvent, _ plan: MoneyPlan) {
        let amount = event.data.amount ?? 0
        if event.type == "Opened" {
            if balances.updateValue(amount, forKey: event.key) != nil { faults.append("\(event): again") }
            return
        }
        let id = event.category == "transfer" ? event.key : event.data.transfer ?? ""
        transfers[id, default: [:]][event.type, default: 0] += 1
        guard let planned = plan.byID[id], planned.amount == amount else {
            return faults.append("\(event) isn't as it was planned")
        }
        switch event.type {
        case "Withdrawn":
            balances[event.key, default: 0] -= amount
            if balances[event.key, default: 0] < 0 { faults.append("\(event.key) is below zero") }
            if event.key != planned.from { faults.append("\(event) is from another account") }
        case "Deposited":
            balances[event.key, default: 0] += amount
            if event.key != planned.to { faults.append("\(event) is to another account") }
        default: break
        }
    }

    /// All the money there is.
    var total: Int { balances.values.reduce(0, +) }
}
