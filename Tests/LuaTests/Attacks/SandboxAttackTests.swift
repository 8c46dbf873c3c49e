import Testing

@testable import Lua

@Suite("What a script changes hurts nobody else")
struct SandboxAttackTests {
    /// A privileged function that leans on everything, as the words of the host do.
    private static let prelude = """
        local host = ...
        local words = {}
        function words.work(text)
          local list = {}
          for word in text:gmatch('%a+') do table.insert(list, word:upper()) end
          table.sort(list)
          for key, value in pairs({ a = 1 }) do list[#list + 1] = key .. tostring(value) end
          local shown = json.encode({ list = list, n = math.floor(2.5) })
          return shown .. string.format('%d', #list) .. ('x'):rep(2)
        end
        function words.run() return host.env.attack() end
        return words
        """

    private func bench(_ script: String) throws -> (LuaVM, [String: LuaFunction]) {
        let vm = try LuaVM(seed: 1, limits: .patient(memoryBytes: 8 << 20))
        let words = try vm.loadPrivileged(Array(Self.prelude.utf8), file: "prelude.lua")
        try vm.run(Array(script.utf8), file: "app.lua")
        return (vm, words)
    }

    private func work(_ vm: LuaVM, _ words: [String: LuaFunction]) throws -> String? {
        var text = PackedWriter()
        text.string("b a")
        return Array(try vm.call(try #require(words["work"]), text)).first?.text
    }

    @Test(arguments: [
        "for _, l in ipairs({ string, table, math, json, utf8 }) do for k in pairs(l) do l[k] = "
            + "error end end",
        "for _, n in ipairs({ 'string', 'table', 'math', 'json', 'pairs', 'tostring' }) do _ENV[n] = nil end",
        "pcall(function() getmetatable('').__index = { upper = error, rep = error, gmatch = error } end)",
        "pcall(setmetatable, '', { __index = error })",
        "pcall(setmetatable, _ENV, { __index = error, __newindex = error })",
        "pcall(setmetatable, string, { __index = error }) string.upper, string.rep = nil",
        "pcall(function() getmetatable(_ENV).__index = error end)",
        "local real = tostring tostring = function(v) return real(v):reverse() end _ENV.type = nil",
        "pcall(function() getmetatable(json.array()).__index = error end) json.null = 1",
        "table.sort, table.insert, table.concat = error, error, error",
        "_ENV = {}",
        "math.floor, math.huge, _VERSION = error, 0, 'x' require = nil",
    ])
    func `privileged code goes on as before`(script: String) throws {
        let (vm, words) = try bench(script)
        #expect(try work(vm, words) == #"{"list":["A","B","a1"],"n":2}3xx"#)
    }

    @Test func `no value that a script reaches is a thread, userdata or a stock library`() throws {
        let script = """
            function attack()
              local seen, odd = {}, {}
              local function walk(v, path)
                local kind = type(v)
                if kind == 'thread' or kind == 'userdata' and v ~= json.null then odd[#odd + 1] = path end
                if kind ~= 'table' or seen[v] then return end
                seen[v] = true
                for k, w in pairs(v) do walk(w, path .. '.' .. tostring(k)) end
                walk(getmetatable(v), path .. '#')
              end
              walk(_ENV, 'env')
              walk(getmetatable(''), 'text')
              for _, f in ipairs({ ('x'):gmatch('x'), (utf8.codes('x')), (pairs({})), (ipairs({})) }) do
                walk(f, 'iterator')
                walk(getmetatable(f), 'iterator#')
              end
              return table.concat(odd, ' ')
            end
            """
        let (vm, words) = try bench(script)
        #expect(Array(try vm.call(try #require(words["run"]))).first == .text(""))
    }

    private static func times(_ count: Int, _ make: (Int) -> String) -> String {
        (0..<count).map(make).joined()
    }

    /// 300 locals of two functions, and one inside that uses them all.
    private static var upvalues: String {
        let functions = times(2) { f in "local function f\(f)()\n" + times(150) { "local a\(f)x\($0)\n" } }
        let sum = times(300) { "+ a\($0 / 150)x\($0 % 150) " }
        return functions + "return function() return 0 " + sum + "end end end"
    }

    private static let refused: [(String, String)] = [
        ("bytecode", "\u{1B}Lua"),
        ("parentheses", "return " + times(5_000) { _ in "(" }),
        ("tables", "return " + times(5_000) { _ in "{" }),
        ("functions", times(5_000) { _ in "return function() " }),
        ("blocks", times(5_000) { _ in "do " }),
        ("locals", times(201) { "local a\($0)\n" }),
        ("upvalues", upvalues),
        ("a chain of not", "return " + times(5_000) { _ in "not " } + "1"),
        ("a chain of powers", "return " + times(5_000) { _ in "2^" } + "1"),
        ("labels", "::a:: ::a::"),
        ("a jump to nowhere", "goto nowhere"),
        ("a long text without end", "return [" + times(5_000) { _ in "=" } + "["),
        ("a numeral", "return " + times(2_000) { _ in "1" }),
    ]

    @Test(arguments: refused)
    func `a text that is too much for the parser is a syntax error`(name: String, text: String) throws {
        let vm = try LuaVM(seed: 1, limits: .patient(memoryBytes: 8 << 20))
        let error = #expect(throws: LuaError.self) { try vm.run(Array(text.utf8), file: "app.lua") }
        #expect(error?.kind == .syntax, "\(name): \(error?.description ?? "")")
        try vm.run(Array("x = 1".utf8), file: "app.lua")
    }

    private static let large: [(String, String)] = [
        ("constants", "local t = {" + times(70_000) { "\($0).5," } + "} assert(t[70000] == 69999.5)"),
        ("names", times(300) { "x\($0) = \($0)\n" } + "assert(x299 == 299)"),
        ("a literal", "assert(#'" + times(1_000_000) { _ in "x" } + "' == 1000000)"),
        ("a long sum", "assert(" + times(20_000) { _ in "1 + " } + "0 == 20000)"),
        ("a chain of calls", "local function f() return f end f" + times(20_000) { _ in "()" }),
    ]

    @Test(arguments: large)
    func `a large text is no more than large`(name: String, text: String) throws {
        let vm = try LuaVM(seed: 1, limits: .patient(memoryBytes: 32 << 20))
        try vm.run(Array(text.utf8), file: "app.lua")
    }
}
