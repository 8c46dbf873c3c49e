import Testing

@testable import Lua

@Suite("Scripts call the host")
struct HostFunctionTests {
    private struct Refusal: Error, CustomStringConvertible {
        var description: String { "no such account" }
    }

    /// Counts how many are alive, to show that no Swift frame is skipped.
    private final class Tracked {
        static nonisolated(unsafe) var alive = 0  // touched by the serialized test only
        init() { Self.alive += 1 }
        deinit { Self.alive -= 1 }
    }

    @Test func `arguments go in and results come back`() throws {
        var seen: [PackedValue] = []
        let bench = try Bench(
            """
            function run() return host_call(1, 'a', { x = 1 }, nil, 2.5) end
            """
        ) { arguments, results in
            seen = Array(arguments)
            results.string("one")
            results.beginObject(1)
            results.key("two")
            results.beginList(1)
            results.bool(true)
            results.null()
        }
        #expect(try bench.run() == [.text("one"), .json(#"{"two":[true]}"#), .null])
        #expect(seen == [.integer(1), .text("a"), .json(#"{"x":1}"#), .null, .float(2.5)])
    }

    @Test func `a thrown error is a Lua error at the calling line`() throws {
        let script = """
            function run()\n  local ok, text = pcall(host_call)\n  host_call()\nend\nfunction caught() \
            return pcall(host_call) end
            """
        let bench = try Bench(script) { _, _ in throw Refusal() }
        let error = #expect(throws: LuaError.self) { try bench.run() }
        #expect(error?.kind == .runtime)
        #expect(error?.message == "no such account")
        #expect(error?.file == "app.lua")
        #expect(error?.line == 3)
    }

    @Test func `a script can catch a host error`() throws {
        let bench = try Bench("function run() return pcall(host_call) end") { _, _ in throw Refusal() }
        let results = try bench.run()
        #expect(results.first == .bool(false))
        #expect(results.last?.text?.hasSuffix("no such account") == true)
    }

    @Test func `an abort can't be caught and brings its own code`() throws {
        let bench = try Bench(
            "function run() emit('s', {}) while true do pcall(host_call) xpcall(host_call, print) end end"
        ) { _, _ in throw LuaAbort(code: "stream-in-flight", text: "order-42") }
        let error = #expect(throws: LuaError.self) { try bench.run() }
        #expect(error?.kind == .aborted)
        #expect(error?.code == "stream-in-flight")
        #expect(error?.message == "order-42")
        #expect(bench.vm.takeRecords().isEmpty)
        #expect(try bench.call("echo") { $0.integer(1) } == [.integer(1)])
    }

    @Test func `a nested call shares the stack and the budget`() throws {
        var bench: Bench?
        let script = """
            function run(n) if n == 0 then return 'bottom' end emit('s', n) return host_call(n - 1), n end
            """
        let made = try Bench(script, limits: .patient(records: 5)) { arguments, results in
            let depth = arguments.next()?.int ?? 0
            guard let bench else { return }
            for value in try bench.run({ $0.integer(Int64(depth)) }) {
                if let text = value.text {
                    results.string(text)
                } else {
                    results.integer(Int64(value.int ?? -1))
                }
            }
        }
        bench = made
        #expect(try made.run { $0.integer(4) } == [.text("bottom"), .integer(4)])
        #expect(Array(made.vm.takeRecords()).count == 4)
        let error = #expect(throws: LuaError.self) { try made.run { $0.integer(6) } }
        #expect(error?.kind == .output)
        #expect(made.vm.takeRecords().isEmpty)
        bench = nil
    }

    @Test func `a kill inside a nested call ends the outer one, whatever the host does`() throws {
        var bench: Bench?
        let script = """
            function run(deep) if deep then while true do end end pcall(host_call) return 'survived' end
            """
        let made = try Bench(script, limits: .patient(instructions: 100_000)) { _, results in
            do { _ = try bench?.run { $0.bool(true) } } catch { results.string("swallowed") }
        }
        bench = made
        let error = #expect(throws: LuaError.self) { try made.run() }
        #expect(error?.kind == .instructions)
        bench = nil
    }

    @Test func `an error of a nested call goes on with its position or its value`() throws {
        var bench: Bench?
        let script = """
            function run(mode)
              if mode == 'text' then error('deep')
              elseif mode == 'table' then error({ code = 'no-stock', n = 1 })
              else local ok, e = pcall(host_call, mode == 1 and 'text' or 'table') return ok, e end
            end
            """
        let made = try Bench(script) { arguments, _ in
            let mode = arguments.next()?.text ?? ""
            _ = try bench?.run { $0.string(mode) }
        }
        bench = made
        #expect(try made.run { $0.integer(1) } == [.bool(false), .text("app.lua:2: deep")])
        #expect(try made.run { $0.integer(2) } == [.bool(false), .json(#"{"code":"no-stock","n":1}"#)])
        bench = nil
    }

    @Test func `a thousand errors release every object`() throws {
        let bench = try Bench(
            """
            function run() host_call() end function fail() error({ code = 'x' }) end
            """
        ) { _, _ in
            let tracked = Tracked()
            defer { withExtendedLifetime(tracked) {} }
            throw Refusal()
        }
        for _ in 1...1000 { #expect(throws: LuaError.self) { try bench.run() } }
        #expect(Tracked.alive == 0)
        let settled = bench.vm.memoryUsed
        for _ in 1...1000 { #expect(throws: LuaError.self) { try bench.run() } }
        #expect(bench.vm.memoryUsed < settled + 256 << 10)
        #expect(Tracked.alive == 0)
    }

    @Test func `host answers are not held to the script's memory limit while they are pushed`() throws {
        let big = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
        let bench = try Bench(
            "function run() local s = host_call() return #s end",
            limits: .patient(memoryBytes: 2 << 20)
        ) { _, results in results.string(bytes: big) }
        #expect(try bench.run() == [.integer(3 << 20)])
        let hoard = Array("x = ('y'):rep(1 << 21)".utf8)
        let error = #expect(throws: LuaError.self) { try bench.vm.run(hoard, file: "x.lua") }
        #expect(error?.kind == .memory)
    }

    @Test func `an answer with broken JSON is an error that a script can catch, and its limits hold on`()
        throws
    {
        let bench = try Bench(
            """
            function run() local ok = pcall(host_call) if ok then return end local s = 'x' while true \
            do s = s .. s end end
            """,
            limits: .patient(memoryBytes: 4 << 20)
        ) { _, results in results.json(Array("{".utf8)) }
        let error = #expect(throws: LuaError.self) { try bench.run() }
        #expect(error?.kind == .memory)
    }

    @Test func `what closes while a bad answer unwinds the script has its memory limit`() throws {
        let bench = try Bench(
            """
            local greedy = { __close = function() local s = 'x' while #s < 1 << 24 do s = s .. s end end }
            function run() local c <close> = setmetatable({}, greedy) host_call() end
            """,
            limits: .patient(memoryBytes: 1 << 20)
        ) { _, results in results.json(Array("{".utf8)) }
        let error = #expect(throws: LuaError.self) { try bench.run() }
        #expect(error?.kind == .memory)
    }
}

@Suite("Records wait in the VM until they are taken")
struct RecordTests {
    private func texts(_ records: LuaRecords) -> [[String]] {
        records.map { record in record.map { $0.text ?? $0.jsonText ?? "\($0)" } }
    }

    @Test func `records come out in order with their values`() throws {
        let bench = try Bench("function run() emit('a', { x = 1 }) emit('b', nil) emit('c', 'text') end")
        _ = try bench.run()
        #expect(bench.vm.recordedBytes > 0)
        #expect(texts(bench.vm.takeRecords()) == [["a", #"{"x":1}"#], ["b", "null"], ["c", "text"]])
        #expect(bench.vm.recordedBytes == 0)
        #expect(bench.vm.takeRecords().isEmpty)
    }

    @Test func `a failed call leaves what was recorded before it`() throws {
        let bench = try Bench(
            """
            function run(fail) emit('s', fail) if fail then emit('s', 2) error('no') end end
            """
        )
        _ = try bench.run { $0.bool(false) }
        #expect(throws: LuaError.self) { try bench.run { $0.bool(true) } }
        #expect(texts(bench.vm.takeRecords()) == [["s", "bool(false)"]])
    }

    @Test func `a record whose values can't cross leaves nothing, and the script may go on`() throws {
        let bench = try Bench(
            """
            function run() emit('a', 1) local ok, e = pcall(emit, 'b', { 1, 2, 0/0 }) emit('c', 1) \
            return ok, e end
            """
        )
        let results = try bench.run()
        #expect(results.first == .bool(false))
        #expect(results.last?.text?.hasSuffix("NaN at [3] can't become JSON") == true)
        #expect(texts(bench.vm.takeRecords()).map(\.first) == ["a", "c"])
    }

    @Test func `marks cut and part what was recorded`() throws {
        let bench = try Bench("function run(name) emit(name, 1) end")
        _ = try bench.run { $0.string("a") }
        let mark = bench.vm.recordMark()
        _ = try bench.run { $0.string("b") }
        bench.vm.rollbackRecords(to: mark)
        _ = try bench.run { $0.string("c") }
        #expect(texts(bench.vm.takeRecords(from: mark)).map(\.first) == ["c"])
        #expect(texts(bench.vm.takeRecords()).map(\.first) == ["a"])
    }

    @Test func `a failed load records nothing`() throws {
        let bench = try Bench()
        #expect(throws: LuaError.self) {
            try bench.vm.run(Array("emit('s', 1) error('no')".utf8), file: "x.lua")
        }
        #expect(bench.vm.recordedBytes == 0)
    }
}
