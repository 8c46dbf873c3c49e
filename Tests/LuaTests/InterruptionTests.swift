import Testing

@testable import Lua

/// Another thread ends what a VM runs.
@Suite struct InterruptionTests {
    @Test func `what is interrupted ends, whatever it catches, and the VM goes on`() throws {
        let vm = try LuaVM(seed: 1)
        let interruption = LuaInterruption()
        vm.watch(interruption)
        interruption.raise()
        let endless = Array("while true do pcall(function() while true do end end) end".utf8)
        let error = #expect(throws: LuaError.self) { try vm.run(endless, file: "app.lua") }
        #expect(error?.kind == .interrupted && error?.code == "script-interrupted")
        #expect(error?.message == "interrupted")
        interruption.clear()
        #expect(!interruption.isRaised)
        try vm.run(Array("for i = 1, 10000 do end".utf8), file: "app.lua")
    }

    @Test func `host code compiles a script's text, and what isn't Lua is a syntax error with its line`()
        throws
    {
        let vm = try LuaVM(seed: 1)
        let text = "local host = ... return { run = function(text) return host.compile(text, 'line')() end }"
        let functions = try vm.loadPrivileged(Array(text.utf8), file: "words.lua")
        let run = try #require(functions["run"])
        func result(_ line: String) throws(LuaError) -> [PackedValue] {
            vm.addSource(Array(line.utf8), file: "line")
            var arguments = PackedWriter()
            arguments.string(line)
            return Array(try vm.call(run, arguments))
        }
        #expect(try result("x = 1 return x, 2") == [.integer(1), .integer(2)])
        let wrong = #expect(throws: LuaError.self) { try result("return )") }
        #expect(wrong?.kind == .syntax && wrong?.snippet.contains("return )") == true)
        let open = #expect(throws: LuaError.self) { try result("return (") }
        #expect(open?.incompleteInput == true)
    }
}
