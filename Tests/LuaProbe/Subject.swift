import Lua

/// One VM under random calls, with the calls in it that wait.
final class Subject {
    let probe: ProbeVM
    /// So little of everything that even a decent call may reach a limit.
    let isTight: Bool
    let shapes: [LuaShape]
    private var waiting: [LuaSuspension] = []
    /// Host functions that run at the moment.
    var depth = 0
    /// Files so far.
    private var loaded = 0

    /// How deep a host function calls into the VM that called it.
    static let depthMax = 5

    /// Calls of one VM that wait at a time.
    static let waitingMax = 20

    init(_ calls: RandomCalls) throws(LuaError) {
        isTight = calls.random.once(in: 3)
        let seed = UInt32(truncatingIfNeeded: calls.random.next())
        probe = try ProbeVM(seed: seed, limits: Self.limits(isTight: isTight, &calls.random))
        shapes = [
            probe.vm.declareShape(
                complaint: "an event has no field",
                ready: ["id"],
                rare: ["total", "line"]
            ),
            probe.vm.declareShape(complaint: "it has no field", ready: ["total"], rare: ["", "id"]),
        ]
        probe.host = { [unowned self, unowned calls] in try self.answer(calls, &$0, &$1) }
        for (name, source) in ScriptPool.modules {
            probe.vm.addModule(name, source: Array(source.utf8), file: "\(name).lua")
        }
        try probe.vm.run(Array(ScriptPool.file("return ...").utf8), file: "app.lua")
        if calls.random.once(in: 2) { probe.vm.lockGlobals() }
    }

    func close() {
        probe.vm.close()
    }

    private static func limits(isTight: Bool, _ random: inout SplitMix) -> LuaLimits {
        LuaLimits(
            instructions: random.pick(isTight ? [1_000, 5_000, 20_000] : [300_000, 500_000]),
            // From too little for the prelude to a hundred allocations past it, and everything in between.
            memoryBytes: isTight ? 25_000 + random.below(100_000) : random.pick([1 << 19, 1 << 20]),
            outputBytes: random.pick(isTight ? [100, 2_000, 50_000] : [20_000, 1 << 20]),
            records: random.pick([3, 30, 1_000]),
            // The clock decides nothing here: a run must not depend on how busy the machine is.
            milliseconds: 3_600_000
        )
    }

    /// One random act from outside.
    func act(_ calls: RandomCalls) throws {
        switch calls.random.below(20) {
        case 0, 1: try load(calls, ScriptPool.file(calls.random.pick(ScriptPool.functions)))
        case 2: try load(calls, calls.random.pick(ScriptPool.broken))
        case 3:
            let (name, source) = calls.random.pick(ScriptPool.modules)
            probe.vm.addModule(name, source: Array(source.utf8), file: "\(name).lua")
        case 4: try check(probe.vm.takeRecords(), calls)
        case 5: probe.vm.rollbackRecords(to: 0)
        case 6, 7, 8, 9: try start(calls)
        case 10, 11, 12: try resume(calls)
        case 13 where !waiting.isEmpty:
            probe.vm.drop(waiting.remove(at: calls.random.below(waiting.count)))
        default: try call(calls)
        }
        try calls.hold(depth == 0, "a host function was left by a jump")
    }

    private func load(_ calls: RandomCalls, _ text: String) throws {
        loaded += 1
        try expectingNoTrace(calls) { () throws(LuaError) in
            // Few names: a VM keeps each text that it shows in errors.
            try probe.vm.run(Array(text.utf8), file: "app\(loaded % 3).lua")
        }
    }

    private func call(_ calls: RandomCalls) throws {
        let arguments = arguments(calls)
        let function = probe.function(calls.random.once(in: 6) ? "echo" : "run")
        try expectingNoTrace(calls) { () throws(LuaError) in
            for _ in try probe.vm.call(function, arguments) {}
        }
    }

    private func start(_ calls: RandomCalls) throws {
        guard waiting.count < Self.waitingMax else { return }
        let arguments = arguments(calls)
        try expectingNoTrace(calls) { () throws(LuaError) in
            keep(try probe.vm.start(probe.function("run"), arguments))
        }
    }

    private func resume(_ calls: RandomCalls) throws {
        guard !waiting.isEmpty else { return }
        let suspension = waiting.remove(at: calls.random.below(waiting.count))
        let kind = calls.random.below(6)
        try expectingNoTrace(calls) { () throws(LuaError) in
            keep(try probe.vm.resume(suspension, with: answer(kind, calls)))
        }
    }

    private func answer(_ kind: Int, _ calls: RandomCalls) -> LuaAnswer {
        switch kind {
        case 0: .error("no answer")
        case 1: .abort(LuaAbort(code: RandomCalls.abortCode, text: "the host stops"))
        default: .results(arguments(calls))
        }
    }

    private func keep(_ progress: LuaProgress) {
        switch progress {
        case .finished(let values): for _ in values {}
        case .waiting(let suspension, let values):
            for _ in values {}
            waiting.append(suspension)
        }
    }

    func arguments(_ calls: RandomCalls) -> PackedWriter {
        var writer = PackedWriter()
        calls.random.values(into: &writer, shapes: shapes)
        return writer
    }

    /// Makes a call that may fail, and holds it to what a failure promises.
    private func expectingNoTrace(_ calls: RandomCalls, _ body: () throws(LuaError) -> Void) throws {
        let recorded = probe.vm.recordedBytes
        do {
            try body()
        } catch {
            try calls.note(error)
            // Fewer there may be: a host function took some.
            try calls.hold(probe.vm.recordedBytes <= recorded, "a failed call left what it recorded")
        }
    }
}
