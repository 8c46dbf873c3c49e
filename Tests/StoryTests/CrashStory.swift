import Testing

extension Stories {
    /// The main promise, on the example that ships: kill the host at any moment, lose nothing, double
    /// nothing.
    struct CrashStory {
        private static let orders = 1_000
        private static let payments = 25

        @Test func `a thousand orders survive six kills, each exactly once`() async throws {
            try await HostProcess.with { host in
                let plan = OrderPlan(count: Self.orders)
                let clients = OrderClients(host)
                let placed = try await place(plan, with: clients, on: host)
                let reader = APIClient(host)
                try await reader.settled()
                let reserved = OrderLedger(try await reader.events())
                let paid = try await pay(reserved, plan, with: clients, on: host)
                try await reader.settled()
                // What is checked below is what a host finds that knows nothing but its data folder.
                try await host.kill()
                try await host.start()
                try await reader.settled()

                let events = try await reader.events()
                let ledger = OrderLedger(events)
                checkLog(events, plan, placed.map(\.answer) + paid.map(\.answer))
                checkOrders(ledger, plan)
                checkStock(ledger, plan)
                checkPayments(ledger, paid.map(\.command))
                try await checkAnswers(placed + paid, with: clients)
                #expect(try await reader.lastPosition() == events.count, "a repeated key writes nothing")
                try await checkReadModels(ledger, end: events.count, with: clients)
                #expect(try await reader.parked().isEmpty)
            }
        }

        /// A command, the key of the attempt, and what it was answered.
        private struct Asked: Sendable {
            struct Command: Sendable {
                let path: String
                let arguments: String
                let key: String
            }

            let command: Command
            let answer: CommandAnswer
        }

        private func ask(
            _ commands: [Asked.Command],
            with clients: OrderClients,
            _ kills: KillSchedule
        ) async throws -> [Asked] {
            try await clients.each(commands) { client, command in
                let answer = try await client.command(command.path, command.arguments, key: command.key)
                try await kills.answer()
                return Asked(command: command, answer: answer)
            }
        }

        private func place(
            _ plan: OrderPlan,
            with clients: OrderClients,
            on host: HostProcess
        ) async throws -> [Asked] {
            let restocks = plan.stock.sorted { $0.key < $1.key }.map { sku, quantity in
                Asked.Command(
                    path: "stock/\(sku)/restock",
                    arguments: #"{"quantity":\#(quantity)}"#,
                    key: "restock-\(sku)"
                )
            }
            let stocked = try await ask(restocks, with: clients, KillSchedule(host, after: []))
            let kills = KillSchedule(host, after: [150, 300, 450, 600, 750])
            let orders = plan.orders.map {
                Asked.Command(path: "order/\($0.id)/place", arguments: $0.arguments, key: "place-\($0.id)")
            }
            let placed = try await ask(orders, with: clients, kills)
            #expect(await kills.kills == 5)
            return stocked + placed
        }

        /// Pays every order that was reserved, some of them twice, and some that were cancelled.
        private func pay(
            _ ledger: OrderLedger,
            _ plan: OrderPlan,
            with clients: OrderClients,
            on host: HostProcess
        ) async throws -> [Asked] {
            func payment(of order: OrderPlan.Order, key: String) -> Asked.Command {
                Asked.Command(
                    path: "payment/\(order.id)/receive",
                    arguments: #"{"amount":\#(order.total)}"#,
                    key: key
                )
            }
            let reserved = plan.orders.filter { ledger.orders[$0.id]?.status == "reserved" }
            let cancelled = plan.orders.filter { ledger.orders[$0.id]?.status == "cancelled" }
            #expect(reserved.count > 500 && cancelled.count > Self.payments, "the plan has both kinds")
            let commands =
                reserved.map { payment(of: $0, key: "pay-\($0.id)") }
                + reserved.prefix(Self.payments).map { payment(of: $0, key: "pay-twice-\($0.id)") }
                + cancelled.prefix(Self.payments).map { payment(of: $0, key: "pay-late-\($0.id)") }
            let kills = KillSchedule(host, after: [commands.count / 2])
            let paid = try await ask(commands, with: clients, kills)
            #expect(await kills.kills == 1)
            return paid
        }

        /// The log is gapless, streams are too, and every acknowledged event is where it was acknowledged.
        private func checkLog(_ events: [StoredEvent], _ plan: OrderPlan, _ answers: [CommandAnswer]) {
            #expect(events.map(\.position) == Array(1...events.count))
            #expect(Set(events.map(\.id)).count == events.count)
            var revisions: [String: Int] = [:]
            let jumps = events.filter { event in
                defer { revisions[event.stream] = event.revision }
                return event.revision != revisions[event.stream].map { $0 + 1 } ?? 0
            }
            expectNone(jumps.map { "\($0)" }, "a revision jumps")
            let byPosition = Dictionary(events.map { ($0.position, $0) }) { first, _ in first }
            let lost = answers.flatMap(\.events).filter { byPosition[$0.position] != $0 }
            expectNone(lost.map { "\($0)" }, "what was acknowledged isn't there")
            let placed = events.filter { $0.category == "order" && $0.type == "OrderPlaced" }
            #expect(placed.count == Self.orders)
            #expect(Set(placed.map(\.key)) == Set(plan.orders.map(\.id)))
        }

        /// Each order was placed as planned, and then either reserved, line by line, or cancelled; once.
        private func checkOrders(_ ledger: OrderLedger, _ plan: OrderPlan) {
            #expect(ledger.faults == [])
            #expect(ledger.orders.count == Self.orders)
            var faults: [String] = []
            for planned in plan.orders {
                guard let order = ledger.orders[planned.id] else { continue }
                let reservations = ledger.reservations[planned.id] ?? [:]
                let releases = ledger.releases[planned.id] ?? [:]
                let lines = Dictionary(uniqueKeysWithValues: planned.lines.map { ($0.sku, 1) })
                let isRight =
                    if order.status == "cancelled" {
                        (order.reserved, order.settled, order.cancelled) == (0, 0, 1)
                            && reservations == releases
                            && reservations.count < lines.count
                            && reservations.allSatisfy { lines[$0.key] == $0.value }
                    } else {
                        (order.reserved, order.settled, order.cancelled) == (1, 1, 0) && reservations == lines
                            && releases.isEmpty && order.status == "paid" && order.paid == planned.total
                    }
                if !isRight || order.total != planned.total || order.customer != planned.customer {
                    faults.append(
                        "order \(planned.id): \(order), reserved \(reservations), released \(releases)"
                    )
                }
            }
            expectNone(faults, "an order isn't as it was planned")
        }

        private func checkStock(_ ledger: OrderLedger, _ plan: OrderPlan) {
            #expect(ledger.shelves.mapValues(\.added) == plan.stock)
            for (sku, shelf) in ledger.shelves {
                #expect(shelf.added == shelf.available + shelf.reserved, "\(sku) adds up")
                #expect(shelf.lowest >= 0, "\(sku) was never sold twice")
            }
            var sold: [String: Int] = [:]
            for order in plan.orders where ledger.orders[order.id]?.status == "paid" {
                for line in order.lines { sold[line.sku, default: 0] += line.quantity }
            }
            #expect(ledger.shelves.mapValues(\.reserved) == sold)
        }

        private func checkPayments(_ ledger: OrderLedger, _ commands: [Asked.Command]) {
            let accounts = ledger.accounts.values
            #expect(accounts.reduce(0) { $0 + $1.receipts } == commands.count)
            #expect(accounts.reduce(0) { $0 + $1.refunds } == 2 * Self.payments)
            let kept = accounts.reduce(0) { $0 + $1.received - $1.refunded }
            #expect(kept == ledger.orders.values.reduce(0) { $0 + $1.paid })
            let wrong = ledger.accounts.filter { $1.received - $1.refunded != ledger.orders[$0]?.paid }
            expectNone(wrong.map { "payment \($0): \($1)" }, "a payment isn't what its order was paid with")
        }

        /// The same key gets the same answer, from a host that wasn't there when it was first given.
        private func checkAnswers(_ asked: [Asked], with clients: OrderClients) async throws {
            let again = try await clients.each(asked) { client, asked in
                try await client.command(asked.command.path, asked.command.arguments, key: asked.command.key)
            }
            let changed = zip(asked, again).filter { $0.answer != $1 }
            expectNone(
                changed.map { "\($0.command): \($0.answer), then \($1)" },
                "a repeated key is answered otherwise"
            )
        }
    }
}
