import Lua
import TestSupport
import Testing

@testable import Runtime

@Suite struct SpecRunnerTests {
    @Test func `specs come in their order, with their place`() throws {
        let bench = try SpecBench(
            #"local x = 1"#,
            "spec(\"one\", function() end)\n\nspec(\"two\", function() end)"
        )
        #expect(
            bench.runner.specs.map(\.description) == ["one (rules_spec.lua:1)", "two (rules_spec.lua:3)"]
        )
        #expect(bench.runner.run().map(\.passed) == [true, true])
    }

    @Test func `nothing passes from one spec to the next`() throws {
        let bench = try SpecBench(
            SpecBench.till,
            """
            local count = 0
            local function once()
              count = count + 1
              when("till-1", "pay", { amount = 1 })
              expect.state("till-1", { sum = 1 })
              expect.equal(count, 1)
            end
            spec("one", once)
            spec("two", once)
            """
        )
        #expect(bench.failures() == [nil, nil])
    }

    @Test func `one spec that fails leaves the others alone`() throws {
        let bench = try SpecBench(
            "",
            """
            spec("endless", function() while true do end end)
            spec("broken", function() local x = nil; x.y = 1 end)
            spec("fine", function() end)
            """
        )
        let results = bench.runner.run()
        #expect(results.map(\.failure?.code) == ["script-instruction-limit", "script-error", nil])
    }

    @Test(arguments: [
        ("spec(\"a\", function() end)\nspec(\"a\", function() end)", #"spec "a" is declared twice"#, 2),
        ("spec(\"a\")", #"spec needs a function: spec("name", function() … end)"#, 1),
        ("spec(5, function() end)", "spec needs a name, a sentence", 1),
        ("spec(\"a\" function() end)", "')' expected near 'function'", 1),
    ])
    func `a file of specs that can't be loaded is named`(text: String, summary: String, line: Int) {
        let error = #expect(throws: RuntimeError.self) { try SpecBench("", text) }
        guard case .script(let failure)? = error else {
            Issue.record("it is \(String(describing: error))")
            return
        }
        #expect(failure.summary == summary)
        #expect(failure.file == "rules_spec.lua")
        #expect(failure.line == line)
    }

    @Test func `two runs that asked for different things are no pass`() throws {
        let spec = Spec(name: "it", file: "a_spec.lua", line: 3, once: nil, index: 1)
        let (one, same, other) = (try Self.records("one"), try Self.records("one"), try Self.records("two"))
        #expect(ScriptFailure.difference(one, same, spec) == nil)
        let failure = ScriptFailure.difference(one, other, spec)
        #expect(failure?.code == "spec-not-deterministic")
        #expect(failure?.text.hasPrefix("a_spec.lua:3: the same spec did two different things") == true)
    }

    /// What a VM recorded: one text.
    private static func records(_ text: String) throws -> LuaRecords {
        let vm = try LuaVM(seed: 1)
        let functions = try vm.loadPrivileged(
            Array("local host = ... return { run = function(text) host.record(text) end }".utf8),
            file: "records.lua"
        )
        var arguments = PackedWriter()
        arguments.string(text)
        _ = try vm.call(try #require(functions["run"]), arguments)
        return vm.takeRecords()
    }

    @Test func `specs are no part of what decides`() throws {
        let plain = AppFixture(files: ["app.lua": "local a = 1"])
        let tested = AppFixture(files: [
            "app.lua": "local a = 1", "a_spec.lua": "spec(\"s\", function() end)",
        ])
        #expect(try plain.scripts().hash == tested.scripts().hash)
        #expect(try tested.scripts().files.keys.sorted() == ["app.lua"])
        #expect(try SpecRunner(scripts: tested.scripts(), logger: .quiet).specs.map(\.name) == ["s"])
        #expect(try SpecRunner(scripts: plain.scripts(), logger: .quiet).run().isEmpty)
    }
}
