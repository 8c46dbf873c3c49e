import Lua

/// The suite `lua`: one event into a script and what it emits out again, against the bare VM.
struct LuaBench {
    let quick: Bool

    func run() async throws -> [BenchResult] {
        let rounds = try await Self.pipeline(Rounds.Plan(quick: quick))
        return [
            BenchResult(
                name: "lua-pipeline",
                value: rounds.median,
                unit: "events/s",
                baseline: "bare VM",
                baselineValue: rounds.baselineMedian,
                note: "one thread; 200 bytes in, 3 fields out; the bare VM has ready tables, and encodes as "
                    + "well; \(rounds.spread)"
            )
        ]
    }

    /// Decode, handle, emit, encode, one call for each event, in turns with the same handler over ready
    /// tables.
    static func pipeline(_ plan: Rounds.Plan) async throws -> Rounds {
        let bench = try PipelineVM()
        var rounds = Rounds()
        for _ in 0..<plan.count {
            let bare = try await Rounds.rate(for: plan.turn, bench.runBare)
            rounds.add(try await Rounds.rate(for: plan.turn, bench.runEvents), baseline: bare)
        }
        return rounds
    }
}

/// A VM with the handler of the suites, and a batch of events for it.
private final class PipelineVM {
    private let vm: LuaVM
    private let handle: LuaFunction
    private let bare: LuaFunction
    private let events: [[UInt8]]
    private var arguments = PackedWriter()

    /// Events in a batch, as many as the host hands to a worker at once.
    private static let batch = 256

    private static let script = """
        local host = ...
        local record = host.record
        local function emit(stream, type, data) record(1, stream, type, data) end
        local function handle(e)
        \(SampleEvents.handler)
        end
        local ready = {}
        local function prepare(e) ready[#ready + 1] = e end
        local function bare() for index = 1, #ready do handle(ready[index]) end end
        return { handle = handle, prepare = prepare, bare = bare }
        """

    init() throws {
        vm = try LuaVM(seed: 1)
        let functions = try vm.loadPrivileged(Array(Self.script.utf8), file: "bench.lua")
        guard let handle = functions["handle"], let bare = functions["bare"],
            let prepare = functions["prepare"]
        else { preconditionFailure("the script above returns these three") }
        self.handle = handle
        self.bare = bare
        events = (0..<Self.batch).map(SampleEvents.data)
        for number in events.indices {
            pack(number)
            _ = try vm.call(prepare, arguments)
        }
    }

    /// A batch, event by event.
    func runEvents() throws -> Int {
        for number in events.indices {
            pack(number)
            _ = try vm.call(handle, arguments)
        }
        return taken()
    }

    /// The same batch in one call, over tables that are there already.
    func runBare() throws -> Int {
        _ = try vm.call(bare)
        return taken()
    }

    private func pack(_ number: Int) {
        arguments.removeAll()
        arguments.beginObject(4)
        arguments.key("position")
        arguments.integer(Int64(number))
        arguments.key("key")
        arguments.string("4711")
        arguments.key("type")
        arguments.string("OrderPlaced")
        arguments.key("data")
        arguments.json(events[number])
    }

    private func taken() -> Int {
        vm.takeRecords().reduce(0) { count, _ in count + 1 }
    }
}
