import TestSupport
import Testing

extension Stories {
    /// Money between accounts, while the host dies at one fail point after the other: none is lost, none is
    /// made, and each transfer happens once.
    struct MoneyStory {
        private static let transfers = 1_000

        /// Lives that each point ends.
        private static let deathsOfEach = 2

        /// A life asks for about 60 transfers, and 8 clients wait for their answers: so there are more groups
        /// of frames than this, and more commands.
        private static let passMax = 6

        @Test func `a thousand transfers survive a death at every fail point, each exactly once`()
            async throws
        {
            let seed = UInt64.random(in: 0 ... .max)
            do {
                try await transfer(seed)
            } catch {
                throw StoryFailure("seed \(seed): \(error)")
            }
        }

        private func transfer(_ seed: UInt64) async throws {
            var random = SeededRandom(seed: seed)
            let plan = MoneyPlan(count: Self.transfers, &random)
            let points = try CrashTable(with: "exactly-once").points.union(
                CrashTable(with: "in the log").points
            )
            let lives = Array(repeating: points.sorted(), count: Self.deathsOfEach).flatMap(\.self)
            let deaths = lives.shuffled(using: &random).map {
                "\($0):\(Int.random(in: 1...Self.passMax, using: &random))"
            }
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", MoneyPlan.app)
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let clients = OrderClients(host)
                _ = try await clients.each(Array(0..<MoneyPlan.accounts)) { client, account in
                    let opening = #"{"amount":\#(MoneyPlan.opening)}"#
                    return try await client.command(
                        "account/\(account)/open",
                        opening,
                        key: "open-\(account)"
                    )
                }
                let died = try await request(plan, from: clients, of: host, dyingAt: deaths)
                try await host.kill()
                try await host.start()
                try await check(plan, on: host, seed)
                // What each client waits for comes to these so often that none can be missed.
                let sure = deaths.filter { $0.hasPrefix("frame-") || $0.hasPrefix("command-") }
                #expect(Set(sure).isSubset(of: died), "seed \(seed), died at \(died)")
            }
        }

        /// Asks for the transfers, a part in each life; returns the fail points that were reached.
        private func request(
            _ plan: MoneyPlan,
            from clients: OrderClients,
            of host: HostProcess,
            dyingAt deaths: [String]
        ) async throws -> Set<String> {
            var died: Set<String> = []
            let share = (plan.transfers.count + deaths.count - 1) / deaths.count
            for (life, point) in deaths.enumerated() {
                try await host.kill()
                try await host.launch(failPoint: point)
                async let isRevived = host.revived()
                let part = plan.transfers.dropFirst(life * share).prefix(share)
                _ = try await clients.each(Array(part)) { client, transfer in
                    let arguments =
                        #"{"from":"\#(transfer.from)","to":"\#(transfer.to)","amount":\#(transfer.amount)}"#
                    return try await client.command(
                        "transfer/\(transfer.id)/request",
                        arguments,
                        key: "request-\(transfer.id)"
                    )
                }
                try await host.killIfArmed()
                if try await isRevived { died.insert(point) }
            }
            return died
        }

        private func check(_ plan: MoneyPlan, on host: HostProcess, _ seed: UInt64) async throws {
            let client = APIClient(host)
            try await client.settled()
            let events = try await client.events()
            let ledger = MoneyLedger(events, plan)
            expectNone(ledger.faults, "seed \(seed): a transfer didn't happen once")
            #expect(
                ledger.total == MoneyPlan.accounts * MoneyPlan.opening,
                "seed \(seed): money is conserved"
            )
            let outcomes = ledger.transfers.values
            #expect(outcomes.contains { $0["Refused"] == 1 } && outcomes.contains { $0["Completed"] == 1 })
            for account in 0..<MoneyPlan.accounts {
                let answer: Account = try await client.expect(200, .get("/state/account/\(account)"))
                #expect(answer.state.balance == ledger.balances["\(account)"], "seed \(seed)")
            }
            #expect(try await client.parked().isEmpty)
        }

        private struct Account: Decodable {
            struct State: Decodable {
                let balance: Int
            }
            let state: State
        }
    }
}
