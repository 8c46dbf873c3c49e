import Lua

extension Subject {
    /// What a script's `ask` gets: values, errors, kills, and calls into the very VM that asks.
    func answer(_ calls: RandomCalls, _ arguments: inout PackedReader, _ results: inout PackedWriter) throws {
        depth += 1
        defer { depth -= 1 }
        for _ in arguments {}
        switch calls.random.below(16) {
        case 0: throw ProbeFailure("the host has no answer")
        case 1 where calls.random.once(in: 3):
            throw LuaAbort(code: RandomCalls.abortCode, text: "the host stops it")
        case 2: results.string("an answer of the host")
        case 3, 4, 5: try nest(calls, &results)
        case 6:
            let mark = probe.vm.recordMark()
            try nest(calls, &results)
            if calls.random.once(in: 2) { probe.vm.rollbackRecords(to: mark) }
            try check(probe.vm.takeRecords(from: mark), calls)
        case 7: try check(probe.vm.takeRecords(), calls)
        case 8: results.integer(Int64(probe.vm.memoryUsed + probe.vm.instructionsUsed))
        default: calls.random.values(into: &results, shapes: shapes)
        }
    }

    /// Calls into the VM again; an error goes on upwards, or is swallowed.
    private func nest(_ calls: RandomCalls, _ results: inout PackedWriter) throws {
        guard depth < Self.depthMax else { return }
        do {
            switch calls.random.below(4) {
            case 0:
                let text = ScriptPool.file(calls.random.pick(ScriptPool.functions))
                try probe.vm.run(Array(text.utf8), file: "nested.lua")
            case 1: try probe.vm.run(Array(calls.random.pick(ScriptPool.broken).utf8), file: "nested.lua")
            case 2:
                for value in try probe.vm.call(probe.function("run"), arguments(calls)) {
                    results.append(value)
                }
            default:
                for value in try probe.vm.call(probe.function("echo"), arguments(calls)) {
                    results.append(value)
                }
            }
        } catch {
            try calls.note(error)
            if calls.random.once(in: 2) { throw error }
        }
    }

    /// Reads every value of every record; a malformed one traps.
    func check(_ records: LuaRecords, _ calls: RandomCalls) throws {
        for record in records {
            try calls.hold(!record.isAtEnd, "a record without its first value")
            for _ in record {}
        }
    }

    /// Asks what the VM must know whatever happened before.
    func checkItsMind(_ calls: RandomCalls) throws {
        let (a, b) = (Int64(calls.random.below(1_000)), Int64(calls.random.below(1_000)))
        do {
            let sum = try probe.call("sum") {
                $0.integer(a)
                $0.integer(b)
            }
            try calls.hold(sum == [.integer(a + b)], "\(a) + \(b) became \(sum)")
            let text = #"{"a":[1,{}],"b":"x"}"#
            let echo = try probe.call("echo") { $0.json(Array(text.utf8)) }
            try calls.hold(echo == [.json(Array(text.utf8)[...])], "\(text) became \(echo)")
        } catch let error as LuaError {
            try calls.note(error)
            // The garbage that others left is collected, and paid for, by who needs the room.
            let isShort = [.memory, .output, .instructions].contains(error.kind)
            try calls.hold(
                isTight && isShort,
                "a plain question was answered \(error.code): \(error.rendered)"
            )
        }
    }
}
