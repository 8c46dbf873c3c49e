import Testing

@testable import Lua

/// Calls that wait for the host, and go on later.
@Suite struct WaitingTests {
    /// Starts the script's global `run`.
    private func start(
        _ bench: Bench,
        _ pack: (inout PackedWriter) -> Void = { _ in }
    ) throws(LuaError) -> LuaProgress {
        var arguments = PackedWriter()
        pack(&arguments)
        guard let run = bench.functions["run"] else { preconditionFailure("the prelude has run") }
        return try bench.vm.start(run, arguments)
    }

    /// The suspension and what the script waits with.
    private func waiting(_ progress: LuaProgress) throws -> (LuaSuspension, [PackedValue]) {
        guard case .waiting(let suspension, let values) = progress else {
            throw Unexpected(what: "it ended, and should wait")
        }
        return (suspension, Array(values))
    }

    private func results(_ progress: LuaProgress) throws -> [PackedValue] {
        guard case .finished(let values) = progress else {
            throw Unexpected(what: "it waits, and should end")
        }
        return Array(values)
    }

    private struct Unexpected: Error { let what: String }

    private func answer(_ value: Int64) -> LuaAnswer {
        var writer = PackedWriter()
        writer.integer(value)
        return .results(writer)
    }

    @Test func `a call that never waits ends like any other`() throws {
        let bench = try Bench("function run(a, b) return a + b, { sum = true } end")
        for _ in 0..<3 {
            let progress = try start(bench) {
                $0.integer(2)
                $0.integer(3)
            }
            #expect(try results(progress) == [.integer(5), .json("{\"sum\":true}")])
        }
    }

    @Test func `a call hands over values, waits, and goes on with the answer`() throws {
        let bench = try Bench(
            "function run(n) local x = suspend('ask', { n = n }) local y = suspend(x) return x + y end"
        )
        let (first, asked) = try waiting(try start(bench) { $0.integer(7) })
        #expect(asked == [.text("ask"), .json("{\"n\":7}")])
        let (second, again) = try waiting(try bench.vm.resume(first, with: answer(40)))
        #expect(again == [.integer(40)])
        #expect(try results(try bench.vm.resume(second, with: answer(2))) == [.integer(42)])
    }

    @Test func `many wait at once and go on in any order`() throws {
        let bench = try Bench("function run(n) local step = n return step * 100 + suspend(n) end")
        var suspensions: [(Int64, LuaSuspension)] = []
        for number in 0..<50 as Range<Int64> {
            suspensions.append((number, try waiting(try start(bench) { $0.integer(number) }).0))
            #expect(try bench.call("echo") { $0.integer(number) } == [.integer(number)])
        }
        for (number, suspension) in suspensions.reversed() {
            let values = try results(try bench.vm.resume(suspension, with: answer(number)))
            #expect(values == [.integer(number * 101)])
        }
    }

    @Test(arguments: [
        "local ok, x = pcall(suspend, 1) return ok and x",
        "local ok, x = xpcall(function() return suspend(1) end, print) return ok and x",
        "for x in function(_, seen) if not seen then return suspend(1) end end do return x end",
        "local t = setmetatable({}, { __index = function() return suspend(1) end }) return t.x",
        "return setmetatable({}, { __add = function() return suspend(1) end }) + 1",
        "return #setmetatable({}, { __len = function() return suspend(1) end })",
        "local x do local c <close> = setmetatable({}, { __close = function() x = suspend(1) end }) "
            + "end return x",
        "local function deep(n) if n == 0 then return suspend(1) end local x = deep(n - 1) return x end "
            + "return deep(100)",
    ])
    func `a step can wait wherever Lua runs Lua`(body: String) throws {
        let bench = try Bench("function run() \(body) end")
        let (suspension, _) = try waiting(try start(bench))
        #expect(try results(try bench.vm.resume(suspension, with: answer(9))) == [.integer(9)])
    }

    @Test(arguments: [
        "table.sort({ 2, 1 }, function(a, b) return suspend(1) end)",
        "string.gsub('a', 'a', function() return suspend(1) end)",
        "tostring(setmetatable({}, { __tostring = function() return suspend(1) end }))",
        "host_call()",
    ])
    func `where C waits for the script, a step can't wait, and is told so`(body: String) throws {
        var bench: Bench?
        let made = try Bench(
            "function run(inner) if inner then suspend(1) end \(body) end",
            call: { _, _ in
                guard let bench, let run = bench.functions["run"] else { return }
                var arguments = PackedWriter()
                arguments.bool(true)
                _ = try bench.vm.call(run, arguments)
            }
        )
        bench = made
        defer { bench = nil }
        let error = #expect(throws: LuaError.self) { try start(made) }
        #expect(error?.code == "script-error")
        #expect(error?.message.hasPrefix("a step can't wait here") == true, "\(error?.message ?? "")")
        #expect(try made.call("echo") { $0.integer(1) } == [.integer(1)])
    }

    @Test func `a plain call can't wait`() throws {
        let error = Bench.failure("function run() suspend(1) end")
        #expect(error?.message.hasPrefix("a step can't wait here") == true)
    }

    @Test func `an error as the answer is raised at the line that waits`() throws {
        let bench = try Bench("function run()\n  local x = suspend('a')\n  return x\nend")
        let (suspension, _) = try waiting(try start(bench))
        let error = #expect(throws: LuaError.self) {
            try bench.vm.resume(suspension, with: .error("no route to the carrier"))
        }
        #expect(
            error?.rendered == """
                app.lua:2: no route to the carrier
                  1 | function run()
                > 2 |   local x = suspend('a')
                  3 |   return x
                  at app.lua:2 in function 'run'
                """
        )
    }

    @Test func `an error as the answer can be caught, an abort can't`() throws {
        let bench = try Bench("function run() local ok, why = pcall(suspend) return ok, why end")
        let (first, _) = try waiting(try start(bench))
        #expect(
            try results(try bench.vm.resume(first, with: .error("late"))) == [.bool(false), .text("late")]
        )
        let (second, _) = try waiting(try start(bench))
        let error = #expect(throws: LuaError.self) {
            try bench.vm.resume(second, with: .abort(LuaAbort(code: "host-stopping", text: "the host stops")))
        }
        #expect(error?.code == "host-stopping")
        #expect(error?.message == "the host stops")
    }

    @Test func `an error behind a wait keeps the levels of its stack`() throws {
        let bench = try Bench(
            "local function inner() suspend() error('bad') end\nfunction run()\n  inner()\nend"
        )
        let (suspension, _) = try waiting(try start(bench))
        let error = #expect(throws: LuaError.self) { try bench.vm.resume(suspension, with: answer(1)) }
        #expect(error?.message == "bad")
        #expect(error?.traceback == ["app.lua:1 in function 'inner'", "app.lua:3 in function 'run'"])
    }

    @Test func `instructions count over all parts of a call`() throws {
        let bench = try Bench(
            "function run() while true do for _ = 1, 20000 do end pcall(suspend) end end",
            limits: .patient(instructions: 100_000)
        )
        var (suspension, _) = try waiting(try start(bench))
        var parts = 1
        let error = #expect(throws: LuaError.self) {
            while true {
                (suspension, _) = try waiting(try bench.vm.resume(suspension, with: answer(1)))
                parts += 1
            }
        }
        #expect(error?.code == "script-instruction-limit")
        #expect((2...5).contains(parts), "\(parts) parts")
        #expect(try results(try start(try Bench("function run() return 1 end"))) == [.integer(1)])
    }

    @Test func `records count over all parts, and a part that fails leaves none of its own`() throws {
        let bench = try Bench(
            "function run() emit('a', {}) suspend() emit('b', {}) emit('c', {}) end",
            limits: .patient(records: 2)
        )
        let (suspension, _) = try waiting(try start(bench))
        #expect(bench.vm.takeRecords().reduce(0) { count, _ in count + 1 } == 1)
        let error = #expect(throws: LuaError.self) { try bench.vm.resume(suspension, with: answer(1)) }
        #expect(error?.code == "script-output-limit")
        #expect(bench.vm.takeRecords().isEmpty)
    }

    @Test func `what is recorded counts in bytes over all parts`() throws {
        let bench = try Bench(
            "function run() for i = 1, 10 do emit('a', { ('x'):rep(400) }) suspend() end end",
            limits: .patient(outputBytes: 1500)
        )
        var (suspension, _) = try waiting(try start(bench))
        var parts = 1
        let error = #expect(throws: LuaError.self) {
            while true {
                _ = bench.vm.takeRecords()
                (suspension, _) = try waiting(try bench.vm.resume(suspension, with: answer(1)))
                parts += 1
            }
        }
        #expect(error?.code == "script-output-limit")
        #expect(parts == 3)
    }

    @Test func `a call that is given up leaves no memory`() throws {
        let bench = try Bench(
            "function run() local t = {} suspend(t) end",
            limits: .patient(memoryBytes: 4 << 20)
        )
        for _ in 0..<20_000 {
            let (suspension, _) = try waiting(try start(bench))
            bench.vm.drop(suspension)
        }
        #expect(bench.vm.memoryUsed < 4 << 20)
    }

    @Test func `calls may wait when their VM closes`() throws {
        let bench = try Bench("function run() suspend() end")
        for _ in 0..<10 { _ = try waiting(try start(bench)) }
        bench.vm.close()
    }

    @Test func `a kill in a part ends the call and nothing else`() throws {
        let bench = try Bench(
            "function run(kind) pcall(suspend) if kind == 1 then while true do end end "
                + "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end end",
            limits: .patient(instructions: 1_000_000, memoryBytes: 4 << 20)
        )
        let kinds: [(Int64, String)] = [(1, "script-instruction-limit"), (2, "script-memory-limit")]
        for (kind, code) in kinds {
            let (other, _) = try waiting(try start(bench) { $0.integer(1) })
            let (suspension, _) = try waiting(try start(bench) { $0.integer(kind) })
            let error = #expect(throws: LuaError.self) { try bench.vm.resume(suspension, with: answer(1)) }
            #expect(error?.code == code)
            bench.vm.drop(other)
        }
    }

    @Test func `values that can't leave the script fail it where it waits`() throws {
        let bench = try Bench("function run() return pcall(suspend, print) end")
        #expect(try results(try start(bench)).first == .bool(false))
    }
}
