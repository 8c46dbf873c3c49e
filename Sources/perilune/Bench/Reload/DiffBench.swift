import EventLog
import Logging
import Runtime

/// What it takes to see what an edited rule would have decided: recorded commands through both versions.
///
/// What must differ is worked out here, without any script; another number fails the bench.
struct DiffBench {
    let quick: Bool

    /// Aggregates that the commands are for: a stream of some ten events each at the end.
    private static let orders = 10_000

    /// Commands on their way at once while the log is being filled.
    private static let clients = 64

    private static let discount = (old: 50, new: 80)

    func run(_ show: (BenchResult) -> Void) async throws {
        let commands = quick ? 20_000 : 100_000
        let log = MemoryLog()
        let start = ContinuousClock.now
        try await record(commands, in: log)
        let recording = ContinuousClock.now - start
        // Nothing hangs on what was decided before, so both find the same.
        show(try compare(commands, of: log, .recorded, after: recording))
        show(try compare(commands, of: log, .recomputed, after: recording))
    }

    private func compare(
        _ commands: Int,
        of log: MemoryLog,
        _ downstream: DiffRequest.Downstream,
        after recording: Duration
    ) throws -> BenchResult {
        let (old, new) = (try Self.scripts(Self.discount.old), try Self.scripts(Self.discount.new))
        var request = DiffRequest(old: old, new: new)
        request.downstream = downstream
        let start = ContinuousClock.now
        let diff = try ScriptComparison.run(request, over: log)
        let seconds = Rounds.seconds(ContinuousClock.now - start)
        let wanted = (0..<commands).count {
            (Self.discount.old + 1...Self.discount.new).contains(Self.total($0))
        }
        guard diff.tallies["order.add"]?.steps == commands, diff.decisionsChanged == wanted else {
            throw BenchError("\(diff.decisionsChanged) decisions differ, \(wanted) should")
        }
        let rate = Int(Double(commands) / seconds)
        return BenchResult(
            name: downstream == .recorded ? "diff-100k" : "diff-recomputed-100k",
            value: seconds,
            unit: "s",
            baseline: "the same commands, decided and recorded in memory",
            baselineValue: Rounds.seconds(recording),
            note:
                "\(commands) recorded commands through two versions, \(wanted) differ; \(rate) commands/s on "
                + "one thread; lower is better",
            target: quick || downstream == .recomputed ? nil : .value(atMost: 10)
        )
    }

    /// Totals from 1 to 120, in an order without a pattern.
    private static func total(_ number: Int) -> Int {
        Int(UInt32(truncatingIfNeeded: number) &* 2_654_435_761 >> 8) % 120 + 1
    }

    private func record(_ commands: Int, in log: MemoryLog) async throws {
        var options = HostOptions()
        options.logger.logLevel = .error
        let host = try await Host.start(
            try Self.scripts(Self.discount.old),
            log: log,
            readModelFolder: nil,
            options: options
        )
        try await withThrowingTaskGroup { group in
            for client in 0..<Self.clients {
                group.addTask {
                    for number in stride(from: client, to: commands, by: Self.clients) {
                        let arguments = Array(#"{"total":\#(Self.total(number))}"#.utf8)
                        let key = String(number % Self.orders)
                        let command = Command(
                            aggregate: "order",
                            key: key,
                            name: "add",
                            arguments: arguments[...]
                        )
                        guard case .accepted = try await host.execute(command) else {
                            throw BenchError("a command was refused")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        await host.stop()
    }

    private static func scripts(_ discount: Int) throws -> ScriptSet {
        let script = """
            aggregate "order" {
              initial = { lines = 0, total = 0 },
              commands = {
                add = function(order, args)
                  local total = args.total
                  if total > \(discount) then total = total - total // 10 end
                  emit("LineAdded", { line = order.lines + 1, total = total, at = now() })
                end,
              },
              events = {
                LineAdded = function(order, e)
                  order.lines = e.data.line
                  order.total = order.total + e.data.total
                end,
              },
            }
            """
        return try ScriptSet(name: "bench", files: ["app.lua": Array(script.utf8)])
    }
}
