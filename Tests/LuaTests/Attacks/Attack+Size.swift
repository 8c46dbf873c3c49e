@testable import Lua

extension Attack {
    /// Memory without end.
    static let memory: [Attack] = [
        Attack("a text too long", "return ('x'):rep(1 << 40)", .memory),
        Attack("a text whose length overflows", "return ('xy'):rep(math.maxinteger)", .memory),
        Attack("a separator whose length overflows", "return ('x'):rep(1 << 61, ('y'):rep(1000))", .memory),
        Attack("doubling", "local s = 'x' while true do s = s .. s end", .memory),
        Attack(
            "doubling that is caught",
            "while true do pcall(function() local s = 'x' while true do s = s .. s end end) end",
            .memory
        ),
        Attack("a list", "local t = {} for i = 1, math.huge do t[i] = i end", .memory),
        Attack("a chain", "local t while true do t = { t } end", .memory),
        Attack("texts", "local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end", .memory),
        Attack("functions", "local t = {} while true do t[#t + 1] = function() return t end end", .memory),
        Attack(
            "metatables",
            "local t = {} while true do t[#t + 1] = setmetatable({}, { __index = t }) end",
            .memory
        ),
        Attack(
            "errors",
            "local t = {} while true do t[#t + 1] = select(2, pcall(error, { {}, {} })) end",
            .memory
        ),
        Attack("iterators", "local t = {} while true do t[#t + 1] = ('x'):gmatch('x') end", .memory),
        Attack(
            "matches",
            "local t = {} for w in (('x'):rep(1 << 18)):gmatch('') do t[#t + 1] = { w } end",
            .memory
        ),
        Attack("replacements", "return (('x'):rep(1 << 10)):gsub('x', ('y'):rep(10000))", .memory),
        Attack(
            "replacements of a function",
            "local s = ('y'):rep(100000) return (('x'):rep(1000)):gsub('x', function() return s end)",
            .memory
        ),
        Attack(
            "a long separator",
            "local t = {} for i = 1, 100 do t[i] = i end return table.concat(t, ('x'):rep(1 << 17))",
            .memory
        ),
        Attack(
            "joined texts",
            "local t, s = {}, ('x'):rep(1 << 17) for i = 1, 100 do t[i] = s end return table.concat(t)",
            .memory
        ),
        Attack(
            "formatted texts",
            "local t, s = {}, ('x'):rep(1 << 17) for i = 1, 100 do t[i] = s end return "
                + "(('%s'):rep(100)):format(table.unpack(t))",
            .memory
        ),
        Attack("a packed text", "return string.pack('c1000000000', 'x')", .memory),
        Attack("arguments", "local function f(...) return (f(1, 2, 3, 4, 5, 6, 7, 8, ...)) end f()", .memory),
        Attack("results", "return select('#', table.unpack({}, 1, 999000))", .memory),
        Attack(
            "packed arguments",
            "local function f(...) return f(table.unpack(table.pack(1, ...))) end while true do f() end"
        ),
        Attack("recursion in small frames", "local function f() return 1 + f() end f()", .memory),
        Attack(
            "recursion through concatenation",
            "local function f(s) return s .. f(s .. 'xxxxxxxxxxxxxxxx') end f('')",
            .memory
        ),
        Attack(
            "moved elements",
            "local t = { 1 } for i = 0, 60 do table.move(t, 1, 1 << i, (1 << i) + 1) end",
            .memory
        ),
        Attack("a wide JSON text", "return json.decode('[' .. ('{},'):rep(1 << 17) .. '{}]')", .memory),
        Attack(
            "a name too long",
            "local mt = { __name = ('x'):rep(1 << 20) } while true do local t = setmetatable({}, "
                + "mt) local s = '' for i = 1, 9 do s = s .. tostring(t) end end",
            .memory
        ),
        Attack(
            "memory that is freed while it unwinds",
            """
            local mt = { __close = function() local t = {} for i = 1, 100 do t[i] = {} end end }
            while true do
              pcall(function() local x <close> = setmetatable({}, mt) string.pack('c4000000', 'x') end)
            end
            """,
            .memory
        ),
    ]

    /// Output without end.
    static let output: [Attack] = [
        Attack("records", "while true do emit('s', 1) end", .output),
        Attack("records that are caught", "while true do pcall(emit, 's', error) end", .output),
        Attack("large records", "while true do emit('s', { text = ('x'):rep(10000) }) end", .output),
        Attack("a record too large", "emit('s', ('x'):rep(300000))", .output),
        Attack("a JSON text too large", "return json.encode(('x'):rep(300000))", .output),
        Attack(
            "a JSON text that grows",
            "local t = {} for i = 1, 60 do t = { t, t } end return json.encode(t)",
            .output
        ),
        Attack("arguments for the host", "host_call(('x'):rep(300000))", .output),
        Attack(
            "arguments for the host that grow",
            "local t = {} for i = 1, 60 do t = { t, t } end host_call(t)",
            .output
        ),
        Attack("escapes", "return json.encode(('\\1'):rep(100000))", .output),
    ]
}
