import Testing

@testable import Lua

/// `host.misfit`: where a value isn't of the kind that was declared for it.
@Suite struct KindTests {
    /// The results of one look, as JSON: path, what it must be, what it is, doubts.
    private static func misfit(
        _ kind: String,
        _ value: String,
        own: Bool = true,
        seed: UInt32 = 1,
        limits: LuaLimits = .patient()
    ) throws -> [PackedValue] {
        let bench = try Bench(
            "function run() return misfit(\(kind), \(value), \(own)) end",
            seed: seed,
            limits: limits
        )
        let chunk = "local host = ... host.env.misfit = host.misfit return {}"
        _ = try bench.vm.loadPrivileged(Array(chunk.utf8), file: "kinds.lua")
        return try bench.run()
    }

    @Test func `a value that fits gives nothing, whatever else it has`() throws {
        let kind = "{ [0] = 6, 'n', 2, n = true, 's', 17, s = true }"
        #expect(try Self.misfit(kind, "{ n = 1, s = 'x', more = {} }").isEmpty)
    }

    @Test func `the path goes through tables and lists, as deep as they are declared`() throws {
        let kind = "{ [0] = 6, 'a', { [0] = 5, { [0] = 5, { [0] = 6, 'n', 2, n = true } } }, a = true }"
        let value = "{ a = { {}, { { n = 1 }, { n = 0.5 } } } }"
        let own = try Self.misfit(kind, value).map(\.text)
        #expect(own == ["a[2][2].n", "an integer", "a float", nil])
        #expect(try Self.misfit(kind, value, own: false).first?.text == "a[0]")
        let decoded = "json.decode('{\"a\":[[],[{\"n\":1},{\"n\":0.5}]]}')"
        #expect(try Self.misfit(kind, decoded, own: false).first?.text == "a[1][1].n")
    }

    @Test func `a list with a hole is told by the place of the hole`() throws {
        let results = try Self.misfit("{ [0] = 5, 1 }", "json.array { 'a', 'b', nil, 'd' }")
        #expect(results.map(\.text) == ["[3]", "a string", "absent", nil])
    }

    @Test func `strangers beside an absent member are told in one order under every seed`() throws {
        let names = (1...40).map { "k\($0 * 37 % 41) = 1" }.joined(separator: ", ")
        let kind = "{ [0] = 6, 'a', 17, a = true, 'b', 17, b = true }"
        let first = try Self.misfit(kind, "{ b = 'x', \(names) }")
        #expect(first.dropLast() == [.null, .null, .null])
        let doubts = try #require(first.last?.jsonText)
        #expect(doubts.hasPrefix(#"[["k1","k1",["a"]],["k10","k10",["a"]],["k11","k11",["a"]]"#), "\(doubts)")
        #expect(doubts.hasSuffix(#"["k16","k16",["a"]]]"#), "\(doubts)")
        for seed: UInt32 in [2, 77, .max] {
            #expect(try Self.misfit(kind, "{ b = 'x', \(names) }", seed: seed) == first)
        }
    }

    @Test func `a long list is paid for`() throws {
        let script = """
            function run()
              local list = {}
              for i = 1, 1000 do list[i] = 1 end
              for i = 1, 1e9 do misfit({ [0] = 5, 2 }, list, true) end
            end
            """
        let bench = try Bench(script, limits: LuaLimits(instructions: 10_000_000))
        let chunk = "local host = ... host.env.misfit = host.misfit return {}"
        _ = try bench.vm.loadPrivileged(Array(chunk.utf8), file: "kinds.lua")
        let error = #expect(throws: LuaError.self) { try bench.run() }
        #expect(error?.code == "script-instruction-limit")
        #expect(bench.vm.instructionsUsed >= 9_000)
    }
}
