import Lua

/// The suite `lua`: one event into a script and what it emits out again, and what the VM's parts cost.
struct LuaBench {
    let quick: Bool

    /// Events a second and core that the design promises for 200 bytes.
    private static let eventsMin = 600_000.0

    func run(_ show: (BenchResult) -> Void) async throws {
        for fields in [false, true] { show(try await pipeline(fields: fields)) }
        show(try await decode())
        show(try await encode())
        show(try await load())
        show(try await resume())
        show(try await suspended())
    }

    private var plan: Rounds.Plan { Rounds.Plan(quick: quick) }

    private func pipeline(fields: Bool) async throws -> BenchResult {
        let rounds = try await Self.pipeline(plan, fields: fields)
        return BenchResult(
            name: fields ? "lua-pipeline-fields" : "lua-pipeline",
            value: rounds.median,
            unit: "events/s",
            baseline: "bare VM",
            baselineValue: rounds.baselineMedian,
            note: "one thread; 200 bytes in, 3 fields out; "
                + (fields ? "4 of 9 fields are declared" : "all 9 fields are decoded")
                + "; the bare VM has ready tables, and encodes as well; \(rounds.spread)",
            target: .value(atLeast: Self.eventsMin)
        )
    }

    /// Decode, handle, emit, encode, one call for each event, in turns with the same handler over ready
    /// tables.
    static func pipeline(_ plan: Rounds.Plan, fields: Bool = false) async throws -> Rounds {
        let bench = try await PipelineVM()
        return try await turns(
            plan,
            fields ? bench.runEventsWithFields : bench.runEvents,
            baseline: bench.runBare
        )
    }

    private func decode() async throws -> BenchResult {
        let bench = try await PipelineVM()
        let rounds = try await Self.turns(plan, bench.runIgnored, baseline: bench.runEmptyCalls)
        return BenchResult(
            name: "lua-decode",
            value: rounds.median,
            unit: "events/s",
            baseline: "empty call",
            baselineValue: rounds.baselineMedian,
            note: "200 bytes of 9 fields to a handler that does nothing; \(rounds.spread)"
        )
    }

    private func encode() async throws -> BenchResult {
        let bench = try EncodingVM()
        let rounds = try await Self.turns(plan, bench.runTables, baseline: bench.runTexts)
        return BenchResult(
            name: "lua-encode",
            value: rounds.median,
            unit: "events/s",
            baseline: "ready texts",
            baselineValue: rounds.baselineMedian,
            note: "tables of 9 fields recorded as 200 bytes; \(rounds.spread)"
        )
    }

    private func load() async throws -> BenchResult {
        let rounds = try await Self.turns(plan, LoadBench.runLoads, baseline: LoadBench.runEmpty)
        return BenchResult(
            name: "vm-create-and-load",
            value: 1_000 / rounds.median,
            unit: "ms",
            baseline: "VM without a script",
            baselineValue: 1_000 / rounds.baselineMedian,
            note: "a new VM and a script of 500 lines, compiled and run; lower is better",
            target: .value(atMost: 1)
        )
    }

    private func resume() async throws -> BenchResult {
        let bench = try WaitingVM()
        let rounds = try await Self.turns(plan, bench.runResumes, baseline: bench.runCalls)
        return BenchResult(
            name: "coroutine-resume",
            value: 1_000_000 / rounds.median,
            unit: "µs",
            baseline: "empty call",
            baselineValue: 1_000_000 / rounds.baselineMedian,
            note: "going on with a call that waits until it waits again; lower is better",
            target: .value(atMost: 1)
        )
    }

    private func suspended() async throws -> BenchResult {
        let bytes = try WaitingVM().bytes()
        return BenchResult(
            name: "coroutine-bytes",
            value: bytes.waiting,
            unit: "bytes",
            baseline: "empty table",
            baselineValue: bytes.table,
            note: "what a call takes while it waits, its Lua stack included; lower is better",
            target: .value(atMost: 2_048)
        )
    }

    private static func turns(
        _ plan: Rounds.Plan,
        _ work: () throws -> Int,
        baseline: () throws -> Int
    ) async throws -> Rounds {
        var rounds = Rounds()
        for _ in 0..<plan.count {
            let base = try await Rounds.rate(for: plan.turn, baseline)
            rounds.add(try await Rounds.rate(for: plan.turn, work), baseline: base)
        }
        return rounds
    }
}
