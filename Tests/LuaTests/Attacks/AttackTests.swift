import Testing

@testable import Lua

@Suite("An attack ends with its own code, and the VM goes on")
struct AttackTests {
    /// Something of everything, and a text that takes a quarter of the memory: garbage of the attack has to
    /// go for it.
    private static let fine = """
        function fine()
          local t = { 3, 1, 2 }
          table.sort(t)
          local text = (('a-b'):gsub('%w', string.upper))
          return table.concat(t) .. text .. json.encode({ #('x'):rep(1 << 20) }) .. tostring(pcall(error))
        end
        function pause() suspend() attack() end
        """

    private func bench(_ attack: Attack) throws -> Bench {
        let bench = try Bench("function attack() \(attack.body)\nend", limits: attack.limits)
        bench.vm.addModule("hostile", source: Array("attack()".utf8), file: "hostile.lua")
        try bench.vm.run(Array("\(Self.fine)\n\(Wrapper.script)".utf8), file: "wrappers.lua")
        try bench.vm.run(Array("function run(name) return _ENV[name]() end".utf8), file: "run.lua")
        return bench
    }

    private func expectFine(_ bench: Bench, _ place: String) throws {
        #expect(bench.vm.recordedBytes == 0, "\(place) left records")
        #expect(try bench.run { $0.string("fine") } == [.text("123A-B[1048576]false")], "after \(place)")
        #expect(bench.vm.memoryUsed <= Attack.memoryBytes, "after \(place)")
    }

    @Test(arguments: Attack.natures)
    func `wherever it stands`(attack: Attack) throws {
        try expectKills(attack, in: Wrapper.all)
    }

    @Test(arguments: Attack.all)
    func `however it is caught`(attack: Attack) throws {
        try expectKills(attack, in: Wrapper.catching)
    }

    private func expectKills(_ attack: Attack, in wrappers: [Wrapper]) throws {
        let bench = try bench(attack)
        for wrapper in wrappers {
            let error = #expect(throws: LuaError.self, "in \(wrapper.name)") {
                try bench.run { $0.string("in_" + wrapper.name) }
            }
            #expect(error?.code == attack.code.code, "in \(wrapper.name): \(error?.rendered ?? "")")
            try expectFine(bench, wrapper.name)
        }
    }

    @Test(arguments: Attack.all)
    func `at the load and behind a wait`(attack: Attack) throws {
        let bench = try bench(attack)
        let loading = #expect(throws: LuaError.self) {
            try bench.vm.run(Array("emit('s', {}) attack()".utf8), file: "load.lua")
        }
        #expect(loading?.code == attack.code.code)
        try expectFine(bench, "the load")
        guard let run = bench.functions["run"] else { preconditionFailure("the prelude has run") }
        var name = PackedWriter()
        name.string("pause")
        guard case .waiting(let suspension, _) = try bench.vm.start(run, name) else {
            Issue.record("it has to wait first")
            return
        }
        let resumed = #expect(throws: LuaError.self) {
            try bench.vm.resume(suspension, with: .results(PackedWriter()))
        }
        #expect(resumed?.code == attack.code.code)
        try expectFine(bench, "the wait")
    }
}
