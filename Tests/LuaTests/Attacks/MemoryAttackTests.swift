import Testing

@testable import Lua

@Suite("A script can't make the VM hold more than its limit allows")
struct MemoryAttackTests {
    @Test func `filling the memory with one size after the other makes the pool grow no further`() throws {
        let script = """
            function run(size)
              local text, list = ('x'):rep(size), {}
              for i = 1, 3000000 // (size + 40) do list[i] = text .. i end
              return #list
            end
            """
        let bench = try Bench(script, limits: .patient(memoryBytes: 6 << 20))
        var most = 0
        for size in stride(from: 8, to: 470, by: 16) {
            _ = try bench.run { $0.integer(Int64(size)) }
            most = max(most, bench.vm.memoryHeld)
            #expect(bench.vm.memoryHeld <= 12 << 20, "after texts of \(size) bytes")
        }
        #expect(most > 6 << 20, "the sizes must not fit beside each other")
    }

    @Test func `a script that keeps a little of each size is killed, and the VM lives on`() throws {
        let script = """
            kept = {}
            function run(size)
              local text, list = ('x'):rep(size), {}
              for i = 1, 3000000 // (size + 40) do
                list[i] = text .. i
                if i % 50 == 0 then kept = { kept, list[i] } end
              end
            end
            """
        let bench = try Bench(script, limits: .patient(memoryBytes: 6 << 20))
        var kinds: Set<LuaErrorKind> = []
        for size in stride(from: 8, to: 470, by: 16) {
            do { _ = try bench.run { $0.integer(Int64(size)) } } catch { kinds.insert(error.kind) }
            #expect(bench.vm.memoryHeld <= 12 << 20, "after texts of \(size) bytes")
        }
        #expect(kinds == [.memory])
        try bench.vm.run(Array("kept = nil".utf8), file: "free.lua")
        _ = try bench.run { $0.integer(100) }
    }

    @Test func `collections at the limit are paid for`() throws {
        let script = """
            function run(count)
              for i = 1, count do head = { head } end
              for i = 1, 20000 do local x = {} end
            end
            """
        let bench = try Bench(script, limits: .patient(memoryBytes: 4 << 20))
        // A table with one element takes 72 bytes; 100,000 bytes are left for garbage.
        let count = ((4 << 20) - bench.vm.memoryUsed - 100_000) / 72
        _ = try bench.run { $0.integer(Int64(count)) }
        #expect(bench.vm.instructionsUsed >= 5 * 2 * count)
    }

    @Test(arguments: [
        "xpcall(host_call, grow)",
        "pcall(function() local x <close> = setmetatable({}, { __close = grow }) host_call() end)",
        "pcall(host_call) grow()",
    ])
    func `the limit holds in whatever runs when an answer can't be unpacked`(body: String) throws {
        let script = """
            local function grow() local s = 'x' for i = 1, 26 do s = s .. s end end
            function run() \(body) return 'went on' end
            """
        let bench = try Bench(script, limits: .patient(memoryBytes: 4 << 20)) { _, results in
            results.json(Array("{".utf8))
        }
        #expect(throws: LuaError.self) { try bench.run() }
        do { _ = try bench.run() } catch { #expect(error.kind == .memory) }
    }

    @Test(arguments: [
        "string.pack('c3000000', 'x')",
        "string.format('%s', ('x'):rep(900000):upper():lower() .. ('y'):rep(900000))",
        "('x'):rep(900000):rep(3)",
    ])
    func `a refused buffer is a kill, whatever runs while the stack unwinds`(work: String) throws {
        let script = """
            local closing = { __close = function() for i = 1, 20 do local t = { i } end end }
            function run()
              return pcall(function()
                local kept = ('z'):rep(500000)
                local x <close> = setmetatable({}, closing)
                return #\(work) + #kept
              end)
            end
            """
        let bench = try Bench(script, limits: .patient(memoryBytes: 2 << 20))
        do {
            let values = try bench.run()
            Issue.record("it went on with \(values)")
        } catch {
            #expect(error.kind == .memory)
        }
    }
}
