import Foundation

/// `repl-tail`: what a prompt that follows the log takes from the host, while 1,000 events a second flow
/// through a handler.
///
/// Measured as CPU of the host's process, by turns without a prompt and with one: what it takes of a
/// processor is what a host that needs all of one loses. Two figures of throughput would say less: the prompt
/// runs on the same machine here, and would take processors from the host that it takes from nobody
/// elsewhere.
struct TailBench {
    let quick: Bool
    let leftovers: Leftovers

    /// Ten events every 10 ms.
    private static let eventsPerRequest = 10
    private static let interval = Duration.milliseconds(10)

    /// The prompt gets all events of a category, and shows one in a hundred.
    private static let line =
        #"n = 0; tail("in.*", { where = function(e) n = n + 1; return n % 100 == 0 end })"#
    private static let shownOf = 100

    private static let app =
        "handler \"count\" { on = \"in.OrderPlaced\", run = function(e)\n\(SampleEvents.handler)\nend }"

    private static let eventsPerSecond = 1_000.0

    private var rounds: Int { quick ? 9 : 30 }
    private var requests: Int { quick ? 150 : 200 }

    func run() async throws -> BenchResult {
        try await leftovers.withFolder("repl") { folder in
            var result: BenchResult?
            try await OwnServer.serving(Self.app, from: folder.path + "/own", leftovers: leftovers) {
                server in
                result = try await measure(server, folder.path)
            }
            guard let result else { preconditionFailure("the body ran") }
            return result
        }
    }

    private func measure(_ server: OwnServer.Running, _ folder: String) async throws -> BenchResult {
        let work = AppendCase(number: 0, eventsPerRequest: Self.eventsPerRequest, clients: 1)
        let client = try PacedClient(
            HTTPConversation(work, client: 0, condition: .revision),
            port: server.port,
            interval: Self.interval
        )
        // What is made once, and caches, is no cost of an event.
        try await client.run(requests: requests)
        var costs = Rounds()
        for round in 0..<rounds {
            // A machine that becomes slower meanwhile is so for either half as often.
            let isFirst = round % 2 == 0
            let before = isFirst ? try await cost(client, server) : 0
            let tail = PromptTail(Self.line, port: server.port, output: "\(folder)/tail-\(round)")
            let followed = try await tail.following(
                leftovers,
                shows: requests * Self.eventsPerRequest / Self.shownOf,
                load: { try await client.run(requests: 10) }
            ) {
                try await cost(client, server)
            }
            costs.add(followed, baseline: isFirst ? before : try await cost(client, server))
        }
        return result(costs)
    }

    /// Microseconds of the host's CPU for each event of a turn.
    private func cost(_ client: PacedClient, _ server: OwnServer.Running) async throws -> Double {
        let before = try ProcessUse.cpuSeconds(of: server.pid)
        try await client.run(requests: requests)
        let used = try ProcessUse.cpuSeconds(of: server.pid) - before
        return used * 1e6 / Double(requests * Self.eventsPerRequest)
    }

    private func result(_ costs: Rounds) -> BenchResult {
        let more = Rounds.median(zip(costs.rates, costs.baselineRates).map { $0 - $1 })
        func share(_ cost: Double) -> Double { cost * Self.eventsPerSecond / 1e6 * 100 }
        func told(_ cost: Double) -> String { String((cost * 10).rounded() / 10) }
        return BenchResult(
            name: "repl-tail",
            value: share(more),
            unit: "% of a processor",
            baseline: "the host without a prompt",
            baselineValue: share(costs.baselineMedian),
            note:
                "lower is better; what a prompt takes from the host that follows all events of a category, "
                + "1,000 a second, ten in a commit, and picks by a `where`; median of the differences of "
                + "\(costs.rates.count) pairs; CPU of the host for an event that is appended over HTTP and "
                + "handled \(told(costs.median)) µs with it, \(told(costs.baselineMedian)) µs without",
            target: .value(atMost: 2)
        )
    }
}
