import Testing

@testable import Lua

@Suite("Errors that a script makes up are told, and nothing more")
struct ErrorAttackTests {
    @Test func `a syntax error that was caught doesn't make a later error one`() throws {
        let bench = try Bench()
        bench.vm.addModule("m", source: Array("local x =".utf8), file: "m.lua")
        let script = "local _, text = pcall(require, 'm') error(text, 0)"
        let error = #expect(throws: LuaError.self) { try bench.vm.run(Array(script.utf8), file: "app.lua") }
        #expect(error?.kind == .runtime)
    }

    @Test func `the name of a function is cut where nobody reads on`() throws {
        let name = String(repeating: "a", count: 100_000)
        let error = Bench.failure(
            "t = {}\nt.\(name) = function() error('x') end\nfunction run() t.\(name)() end"
        )
        #expect(error?.message == "x")
        #expect(error?.traceback.allSatisfy { $0.utf8.count < 200 } == true)
        #expect(error?.traceback.count == 2)
    }

    @Test(arguments: [
        "app.lua:99999999999999999999999: x", "app.lua:9223372036854775807: x", "app.lua:0: x",
        "app.lua:-1: x", "app.lua:: x", "app.lua:1: ", ":1: x", "app.lua:1e3: x", "(field '", "near '",
        "('')", "(''", "x (field ''')", "\\0\\255\\254", "app.lua:2: \\xF0\\x9F",
    ])
    func `a text that looks like one of Lua's own is harmless`(text: String) throws {
        for level in 0...2 {
            let error = Bench.failure(
                "function run() error('\(text.replacing("'", with: "\\'"))', \(level)) end"
            )
            #expect(error?.kind == .runtime)
            #expect(error?.rendered.isEmpty == false)
        }
    }
}
