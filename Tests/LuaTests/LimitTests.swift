import Testing

@testable import Lua

@Suite("A script that goes too far is killed, and the VM lives on")
struct LimitTests {
    /// Small enough that each attack ends in milliseconds, wide enough for honest work.
    private static let tight = LuaLimits.patient(
        instructions: 2_000_000,
        memoryBytes: 8 << 20,
        outputBytes: 1 << 20,
        records: 100
    )

    /// Runs an attack, then something harmless in the same VM.
    private func kill(_ body: String, limits: LuaLimits = tight) throws -> LuaError? {
        let bench = try Bench(
            """
            function attack() \(body) end function fine() return 'fine' end
            """,
            limits: limits
        )
        try bench.vm.run(Array("function run(name) return _ENV[name]() end".utf8), file: "run.lua")
        var caught: LuaError?
        do { _ = try bench.run { $0.string("attack") } } catch { caught = error }
        #expect(try bench.run { $0.string("fine") } == [.text("fine")])
        #expect(bench.vm.recordedBytes == 0)
        return caught
    }

    @Test(arguments: [
        "while true do end",
        "for i = 1, math.huge do end",
        "::top:: goto top",
        "local function f() return f() end f()",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(error, function() end) end",
        "pcall(pcall, pcall, function() while true do end end) while true do end",
        "xpcall(function() while true do end end, function() while true do end end) while true do end",
        """
        local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) while true do \
        pcall(function() return t[1] end) end
        """,
        """
        local t = setmetatable({}, { __close = function() while true do end end }) do local x <close> = \
        t end
        """,
        """
        local mt = { __close = function() while true do end end } local function f(n) local x <close> = \
        setmetatable({}, mt) while true do end end f()
        """,
        "table.sort({ 3, 2, 1 }, function() while true do end end)",
        "string.gsub('aaa', 'a', function() while true do end end)",
        "for w in string.gmatch(('a '):rep(1000), '%a') do while true do end end",
        "tostring(setmetatable({}, { __tostring = function() while true do end end }))",
        "string.format('%s', setmetatable({}, { __tostring = function() while true do end end }))",
        "for k in pairs(setmetatable({}, { __pairs = function() while true do end end })) do end",
        """
        return setmetatable({}, { __eq = function() while true do end end }) == setmetatable({}, {})  \
        or (function() while true do end end)()
        """,
        "error(setmetatable({}, { __tostring = function() while true do end end })) ",
    ])
    func `work without end`(body: String) throws {
        let error = try kill(body)
        if body.hasPrefix("error(") {
            #expect(error?.kind == .runtime)
        } else {
            #expect(error?.kind == .instructions, "\(error?.rendered ?? "no error")")
            #expect(error?.code == "script-instruction-limit")
            #expect(error?.file == "app.lua")
        }
    }

    @Test(arguments: [
        "string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30))",
        "string.match(('a'):rep(3000), '.-.-.-.-b')",
        "string.gsub(('a'):rep(100000), 'a*b', '')",
        "for w in string.gmatch(('a'):rep(100000), '.-b') do end",
        "string.find(('a'):rep(30), ('a*'):rep(30) .. 'b')",
        "string.find(('('):rep(100000), '%b()')  while true do string.find(('('):rep(100000), '.-%b()x') end",
        "table.move({}, 1, math.maxinteger - 1, 2)",
        "table.move({}, 1, 1e15 // 1 | 0, 2, {})",
        "table.concat({}, '', 1, 1) ",
        "while true do ('x'):rep(1e6):upper() end",
        "local s = ('x'):rep(1e6) while true do utf8.len(s) end",
        "local s = (' '):rep(1e6) while true do tonumber(s) end",
        "local t = {} for i = 1, 1e5 do t[i] = i end while true do for _ in pairs(t) do break end end",
        """
        local t = {} for i = 1, 1e5 do t[i] = 1e5 - i end while true do table.sort(t) table.insert(t, \
        1, 7) table.remove(t, 1) end
        """,
        "local s = json.encode(('x'):rep(1e5)) while true do json.decode(s) end",
    ])
    func `long work in one C function`(body: String) throws {
        let error = try kill(body)
        if body.hasPrefix("table.concat") {
            #expect(error?.message == "invalid value (nil) at index 1 in table for 'concat'")
        } else {
            #expect(error?.kind == .instructions, "\(error?.rendered ?? "no error")")
        }
    }

    @Test(arguments: [
        "return ('x'):rep(1 << 30)",
        "return ('x'):rep(1 << 62)",
        "return ('x'):rep(1e9, ', ')",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} for i = 1, math.huge do t[i] = { i } end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
        "local s = ('x'):rep(1 << 20) return s:gsub('x', ('y'):rep(100))",
        "local t = {} for i = 1, 100 do t[i] = ('x'):rep(1 << 19) end",
        "local t = {} for i = 1, 100 do t[i] = i end return table.concat(t, ('x'):rep(1 << 20))",
        """
        return string.format(('%s'):rep(50), table.unpack((function() local t = {} local s = \
        ('x'):rep(1 << 20) for i = 1, 50 do t[i] = s end return t end)()))
        """,
        "local function f(...) return f(1, 2, 3, 4, 5, 6, 7, 8, 9, ...) end f()",
        "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end",
        "while true do pcall(string.rep, 'x', 1 << 40) end",
        """
        local x <close> = setmetatable({}, { __close = function() while true do end end }) local s = \
        'x' while true do s = s .. s end
        """,
        """
        local x <close> = setmetatable({}, { __close = function() error('mine') end }) local s = 'x' \
        while true do s = s .. s end
        """,
        "local t = {} while true do t[#t + 1] = function() return t end end",
        "local t = {} for i = 1, 30 do t[i] = ('x'):rep(1 << 19):upper() .. i end",
    ])
    func `memory without end`(body: String) throws {
        let error = try kill(body, limits: .patient(memoryBytes: 8 << 20))
        #expect(error?.kind == .memory, "\(error?.rendered ?? "no error")")
        #expect(error?.code == "script-memory-limit")
        #expect(error?.message == "the script used more than 8,388,608 bytes of memory")
    }

    @Test func `garbage is no reason to kill`() throws {
        let script = """
            function run() for i = 1, 50 do local s = ('x'):rep(1 << 20):upper():lower():reverse() .. i \
            end return 'fine' end
            """
        #expect(try Bench(script, limits: .patient(memoryBytes: 16 << 20)).run() == [.text("fine")])
    }

    @Test(arguments: [
        "while true do emit('s', { text = ('x'):rep(100000) }) end",
        "emit('s', { text = ('x'):rep(2000000) })",
        "return ('x'):rep(2000000)",
        "host_call(('x'):rep(2000000))",
        "return json.encode(('x'):rep(2000000))",
        "while true do pcall(emit, 's', { text = ('x'):rep(100000) }) end",
    ])
    func `output without end`(body: String) throws {
        let error = try kill(body)
        #expect(error?.kind == .output, "\(error?.rendered ?? "no error")")
        #expect(error?.message == "the script recorded or returned more than 1,048,576 bytes")
    }

    @Test func `records without end`() throws {
        let error = try kill("while true do pcall(emit, 's', 1) end")
        #expect(error?.code == "script-output-limit")
        #expect(error?.message == "the script recorded more than 100 times")
    }

    @Test(arguments: [
        "local function f(a, b, c, d, e) local g = a return 1 + f(g, b, c, d, e) end f()",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
        "local function f() return pcall(f) and 1 end error(tostring(f()))",
        "local function f(s) return (s:gsub('.', f)) end f('x')",
        "local function f() local t = { 2, 1 } table.sort(t, f) end f()",
        "local t = {} for i = 1, 100 do t = { t } end emit('s', t)",
        "local t = {} t.t = t return json.encode(t)",
        "return string.find(('('):rep(5000), ('('):rep(5000))",
        "return string.match(('x'):rep(5000), ('x-'):rep(5000))",
    ])
    func `recursion without end is an ordinary error`(body: String) throws {
        let error = try kill(body, limits: .patient())
        #expect(error?.kind == .runtime, "\(error?.rendered ?? "no error")")
    }

    @Test func `recursion in small frames fills the memory first`() throws {
        let error = try kill("local function f() return 1 + f() end f()", limits: .patient())
        #expect(error?.kind == .memory)
        #expect(error?.hint == "a function calls itself without end")
        #expect(error?.traceback == ["app.lua:1 in function 'f', 32 times"])
    }

    @Test func `a parser that nests without end is an ordinary error`() throws {
        let text = String(repeating: "(", count: 100_000)
        let error = Bench.failure("return \(text)")
        #expect(error?.kind == .syntax)
        #expect(error?.message.contains("C stack overflow") == true, "\(error?.rendered ?? "no error")")
    }

    @Test func `the clock stops a script that waits in the host`() throws {
        let limits = LuaLimits(milliseconds: 0)
        let error = Bench.failure("function run() while true do end end", limits: limits)
        #expect(error?.kind == .time)
        #expect(error?.message == "the script ran longer than 0 milliseconds")
    }

    @Test func `budgets begin anew with each call`() throws {
        let bench = try Bench(
            "function run() for i = 1, 200000 do end emit('s', {}) end",
            limits: .patient(instructions: 300_000, records: 1)
        )
        for _ in 1...10 { _ = try bench.run() }
        #expect(bench.vm.instructionsUsed >= 200_000)
        #expect(bench.vm.instructionsUsed <= 300_000)
    }
}
