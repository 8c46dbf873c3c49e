import Testing

@testable import Lua

@Suite("Scripts reach only what they are given")
struct SandboxTests {
    @Test(arguments: [
        "os", "io", "debug", "package", "load", "loadfile", "dofile", "loadstring", "collectgarbage",
        "rawget", "rawset",
        "coroutine", "warn", "_G", "host", "string.dump", "math.random", "math.randomseed", "getfenv",
        "setfenv", "module",
        "unpack",
    ])
    func `a name that could do harm is absent`(name: String) throws {
        #expect(try Bench.evaluate("\(name) == nil") == [.bool(true)])
    }

    @Test func `the environment holds exactly the allow list`() throws {
        let script = """
            function names(t)
              local list = {}
              for k in pairs(t) do list[#list + 1] = k end
              return table.concat(list, ' ')
            end
            function run()
              return names(_ENV), names(math), names(string), names(table), names(utf8), names(json)
            end
            """
        let names = try Bench(script).run().map(\.text)
        #expect(
            names == [
                """
                _VERSION assert emit error getmetatable host_call ipairs json math names next pairs \
                pcall print random rawequal 
                """
                    + """
                    rawlen require reseed run select setmetatable string suspend table tonumber tostring \
                    traceback type utf8 where xpcall
                    """,
                """
                abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger \
                modf pi rad sin sqrt tan 
                """
                    + "tointeger type ult",
                """
                byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack \
                upper
                """,
                "concat insert move pack remove sort unpack",
                "char charpattern codepoint codes len offset",
                "array decode encode null",
            ]
        )
    }

    @Test func `bytecode is refused`() throws {
        let vm = try LuaVM(seed: 1)
        let error = #expect(throws: LuaError.self) {
            try vm.run([0x1B, 0x4C, 0x75, 0x61, 0x54], file: "evil.lua")
        }
        #expect(error?.kind == .syntax)
        #expect(error?.hint == "scripts are text; compiled Lua is not loaded")
    }

    @Test(arguments: [
        "getmetatable('').__index.upper = nil",
        "setmetatable('', {})",
        "getmetatable('').__index = function() end",
    ])
    func `the string metatable is out of reach`(attack: String) throws {
        #expect(Bench.failure("function run() \(attack) end")?.kind == .runtime)
        #expect(try Bench.evaluate("getmetatable('')") == [.bool(false)])
    }

    @Test func `a spoilt library table spoils neither methods nor the host's Lua`() throws {
        let bench = try Bench(
            """
            string.upper = nil string.format = nil json.encode = nil pairs = nil function run() return \
            ('x'):upper() end
            """
        )
        let prelude = """
            local host = ... return { check = function() return string.upper('y'), json.encode({ 1 }), \
            pairs ~= nil end }
            """
        let functions = try bench.vm.loadPrivileged(Array(prelude.utf8), file: "second.lua")
        #expect(try bench.run() == [.text("X")])
        let check = try #require(functions["check"])
        #expect(Array(try bench.vm.call(check)) == [.text("Y"), .text("[1]"), .bool(true)])
    }

    @Test(arguments: ["__gc", "__mode"])
    func `metatables that show the collector are refused`(field: String) throws {
        let error = Bench.failure("function run() setmetatable({}, { \(field) = 'k' }) end")
        #expect(error?.message == "a metatable with \(field) is not allowed")
    }

    @Test func `a protected metatable can't be changed or seen`() throws {
        #expect(
            try Bench.evaluate(
                """
                getmetatable(setmetatable({}, { __metatable = 'mine' }))
                """
            ) == [.text("mine")]
        )
        #expect(
            Bench.failure(
                """
                setmetatable(setmetatable({}, { __metatable = 1 }), {})
                """
            )?.message == "cannot change a protected metatable"
        )
        #expect(Bench.failure("setmetatable(_ENV, {})")?.message == "cannot change a protected metatable")
        #expect(
            Bench.failure("setmetatable(json.array(), {})")?.message == "cannot change a protected metatable"
        )
    }

    @Test func `after the lock a new global is refused by name, an old one can change`() throws {
        let bench = try Bench(
            """
            count = 0 function run(name) count = count + 1 if name then _ENV[name] = 1 end return \
            count, missing end
            """
        )
        bench.vm.lockGlobals()
        #expect(try bench.run() == [.integer(1), .null])
        let error = #expect(throws: LuaError.self) { try bench.run { $0.string("totl") } }
        #expect(
            error?.message == """
                the global 'totl' was not set when the app was loaded: declare it with 'local'
                """
        )
        #expect(error?.line == 1)
        #expect(throws: LuaError.self) { try bench.run { $0.integer(3) } }
        #expect(Bench.failure("function run() table.insert(_ENV, 1) end") == nil)
    }

    @Test func `addresses are never shown`() throws {
        let script = """
            function run()
              local t = {}
              local named = setmetatable({}, { __name = 'Money' })
              local own = setmetatable({}, { __tostring = function() return 'mine' end })
              return tostring(t), tostring(print), tostring(named), string.format('%s %s', t, print),
                tostring(json.null), tostring(json.array()), tostring(0/0), tostring(-(0/0)),
                tostring(own), select(2, pcall(string.format, '%p', t))
            end
            """
        #expect(
            try Bench(script).run().map(\.text) == [
                "table", "function", "Money", "table function", "null", "list", "nan", "nan", "mine",
                "'%p' is not available: an address differs on every run",
            ]
        )
    }

    @Test func `the privileged host table stays out of scripts`() throws {
        let bench = try Bench("function run() return host, record, reseed == nil end")
        #expect(try bench.run() == [.null, .null, .bool(false)])
    }
}

@Suite("require finds what the host added, and nothing else")
struct RequireTests {
    private func bench(_ modules: [String: String], _ script: String) throws -> Bench {
        let bench = try Bench()
        for (name, text) in modules {
            bench.vm.addModule(name, source: Array(text.utf8), file: "\(name).lua")
        }
        try bench.vm.run(Array(script.utf8), file: "app.lua")
        return bench
    }

    private func failure(_ modules: [String: String], _ script: String) -> LuaError? {
        do { _ = try bench(modules, script) } catch { return error as? LuaError }
        return nil
    }

    @Test func `a module runs once and shares the globals`() throws {
        let bench = try bench(
            ["money": "loads = (loads or 0) + 1 return { name = ... }", "empty": ""],
            """
            local a, b = require 'money', require 'money' function run() return a == b, loads, a.name, \
            require 'empty' end
            """
        )
        #expect(try bench.run() == [.bool(true), .integer(1), .text("money"), .bool(true)])
    }

    @Test func `an unknown module is refused with those that exist`() {
        let error = failure(["stock": "", "money": ""], "require 'mony'")
        #expect(error?.message == "there is no module 'mony'; there are: money, stock")
        #expect(error?.line == 1)
    }

    @Test(arguments: ["../secret", "/etc/passwd", "app", ""])
    func `no file is read`(name: String) {
        #expect(failure([:], "require '\(name)'")?.message == "there is no module '\(name)'; there are: none")
    }

    @Test func `a circle is named`() {
        let error = failure(["a": "require 'b'", "b": "require 'c'", "c": "require 'a'"], "require 'a'")
        #expect(error?.message == "modules require each other in a circle: a -> b -> c -> a")
        #expect(error?.file == "c.lua")
    }

    @Test func `a module that failed can be required again`() throws {
        let bench = try bench(
            ["m": "if not ready then error('not yet') end return 'fine'"],
            """
            local ok, text = pcall(require, 'm') ready = true function run() return ok, text, require \
            'm' end
            """
        )
        #expect(try bench.run() == [.bool(false), .text("m.lua:1: not yet"), .text("fine")])
    }

    @Test(arguments: ["error('not yet')", "while true do end"])
    func `a module that ended a call can be required by the next`(body: String) throws {
        let bench = try Bench(
            "function run() return require 'm' end",
            limits: .patient(instructions: 100_000)
        )
        let module = "if not ready then \(body) end return 'fine'"
        bench.vm.addModule("m", source: Array(module.utf8), file: "m.lua")
        #expect(throws: LuaError.self) { try bench.run() }
        try bench.vm.run(Array("ready = true".utf8), file: "ready.lua")
        #expect(try bench.run() == [.text("fine")])
    }

    @Test func `a syntax error in a module names its file and line`() {
        let error = failure(["m": "local x =\nlocal y"], "require 'm'")
        #expect(error?.kind == .syntax)
        #expect(error?.file == "m.lua")
        #expect(error?.line == 2)
    }
}
