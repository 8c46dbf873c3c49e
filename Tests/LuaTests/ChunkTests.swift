import Testing

@testable import Lua

@Suite("A chunk of the host's own is compiled once")
struct ChunkTests {
    private static let text = """
        local host = ...
        local half = 21
        return {
          answer = function() return half * 2, host.env ~= nil end,
          fail = function(value)
            return half + value
          end,
        }
        """

    @Test func `each VM that loads it gets functions of its own`() throws {
        let chunk = try LuaVM(seed: 1).precompile(Array(Self.text.utf8), file: "own.lua")
        for seed: UInt32 in [2, 3] {
            let vm = try LuaVM(seed: seed, limits: .patient())
            let answer = try #require(try vm.loadPrivileged(chunk)["answer"])
            var results = try vm.call(answer)
            #expect(results.next() == .integer(42))
            #expect(results.next() == .bool(true))
        }
    }

    @Test func `what goes wrong in it is told as if it had been loaded as text`() throws {
        let chunk = try LuaVM(seed: 1).precompile(Array(Self.text.utf8), file: "own.lua")
        func message(_ load: (LuaVM) throws -> [String: LuaFunction]) throws -> String? {
            let vm = try LuaVM(seed: 1, limits: .patient())
            let fail = try #require(try load(vm)["fail"])
            let error = #expect(throws: LuaError.self) { _ = try vm.call(fail) }
            return error?.rendered
        }
        let compiled = try message { try $0.loadPrivileged(chunk) }
        #expect(compiled == (try message { try $0.loadPrivileged(chunk.source, file: chunk.file) }))
        #expect(compiled?.contains("local 'value'") == true)
    }

    @Test func `a text that isn't Lua says where`() throws {
        let error = #expect(throws: LuaError.self) {
            _ = try LuaVM(seed: 1).precompile(Array("return {\n  x = = 1 }".utf8), file: "own.lua")
        }
        #expect(error?.code == "script-syntax")
        #expect(error?.rendered.contains("own.lua:2") == true)
    }
}
