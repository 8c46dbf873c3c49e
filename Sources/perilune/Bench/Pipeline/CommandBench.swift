/// `command-http-1`, `command-http-64` and its p99: commands over HTTP beside plain commits of the same event
/// on the same server.
struct CommandBench {
    let quick: Bool
    let leftovers: Leftovers

    private static let clients = [1, 64]

    private var rounds: Int { quick ? 2 : 5 }
    private var secondsOfTurn: Int { quick ? 1 : 3 }

    /// An aggregate whose command looks at its state, and emits its arguments.
    private static let app = """
        aggregate "order" {
          initial = { placed = 0 },
          commands = {
            place = function(order, args)
              if order.placed < 0 then reject("closed", "this order takes nothing more") end
              emit("OrderPlaced", args)
            end,
          },
          events = { OrderPlaced = function(order, e) order.placed = order.placed + 1 end },
        }
        """

    func run(_ show: (BenchResult) -> Void) async throws {
        try await leftovers.withFolder("commands") { folder in
            let disk = try DiskPace(in: folder)
            try await OwnServer.serving(Self.app, from: folder.path + "/own", leftovers: leftovers) {
                server in
                for (number, clients) in Self.clients.enumerated() {
                    let work = AppendCase(number: number, eventsPerRequest: 1, clients: clients)
                    for result in try await measure(work, port: server.port, disk) { show(result) }
                }
            }
        }
    }

    private func measure(_ work: AppendCase, port: Int, _ disk: DiskPace) async throws -> [BenchResult] {
        let commands = try SocketLoad(work, port: port) { CommandConversation(work, client: $0) }
        let commits = try SocketLoad(work, port: port) {
            HTTPConversation(work, client: $0, condition: .revision)
        }
        var (rates, slow) = (Rounds(), Rounds())
        var flushes: [Double] = []
        for _ in 0..<rounds {
            flushes.append(try await disk.flushes())
            let base = try commits.run(seconds: secondsOfTurn)
            let report = try commands.run(seconds: secondsOfTurn)
            rates.add(report.rate, baseline: base.rate)
            slow.add(report.milliseconds(0.99), baseline: base.milliseconds(0.99))
        }
        let name = "command-http-\(work.clients)"
        let note =
            "\(work.clients) clients that wait for their answers, 10,000 keys, an idempotency key each, "
            + "arguments and event of \(AppendCase.data.count) bytes; the record of a command holds its "
            + "arguments as well; "
        let rate = BenchResult(
            name: name,
            value: rates.median,
            unit: "commands/s",
            baseline: "POST /commits of the event",
            baselineValue: rates.baselineMedian,
            note: note + "\(rates.spread); raw flushes one by one \(Int(Rounds.median(flushes)))/s"
        )
        guard work.clients > 1 else { return [rate] }
        let latency = BenchResult(
            name: name + "-p99",
            value: slow.median,
            unit: "ms",
            baseline: "p99 of POST /commits of the event",
            baselineValue: slow.baselineMedian,
            note: "lower is better; " + note + slow.spread
        )
        return [rate, latency]
    }
}
