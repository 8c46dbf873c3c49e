/// Scripts for random calls: each defines the global `run`, or fails in its own way.
enum ScriptPool {
    /// Runs once, and whatever it meets, never for long.
    static let functions = ordinary + hosting + waiting + raising + greedy

    /// Decent work.
    private static let ordinary = [
        "return ...",
        "local t = {} for i = 1, 50 do t['k' .. i % 17] = { i, tostring(i) } end return t",
        "local s = 0 for k, v in pairs(first(...)) do s = s + 1 end return s",
        "local t = {} for i = 1, 60 do t[i] = (i * 7919) % 61 end table.sort(t) return t",
        "local t = { 3, 1, 2 } table.sort(t, function(a, b) return text(a) > text(b) end) return t",
        "return json.encode(json.decode(json.encode(first(...)))), (text(...):gsub('%w+', string.upper))",
        "return (('abc'):rep(20):gsub('b', { b = 'x' })), ('%5.2f %q'):format(1.5, text(...))",
        "for k in text(...):gmatch('[%w]+') do emit(k, { k = k, n = #k }) end return 'done'",
        "local f = function(n) return (function() return n end)() end return f(3)",
        "local t <close> = setmetatable({}, { __close = function() emit('closed', {}) end }) return 1",
        "return string.pack('<i4z', 7, 'x'), utf8.char(228, 8364), #('x'):rep(3, ',')",
        "return select('#', ...), digest(first(...)), uuid(), random(6), where(1)",
        "return attempt(function(...) return text(...) end, ...)",
        "for i = 1, 5 do emit('s-' .. i, { n = i, list = json.array {} }) end return json.null",
        "local list = {} for i = 1, 40 do table.insert(list, 1, i) end "
            + "while #list > 3 do table.remove(list, 1) end return #list, table.unpack(list)",
        "local t = {} for i = 1, 300 do t[i] = i end for i = 1, 300, 2 do t[i] = nil end "
            + "for k in pairs(t) do t[k] = 1 end",
        "local m = require 'm' return m.name(...)",
        "local e = first(...) return e.id, pcall(function() return e.line end), "
            + "pcall(function() e.line = 1 end)",
        "local e = first(...) e.total = { e.total } return e, text(e.id), (next(e))",
        "return pcall(require, 'broken'), pcall(require, 'missing'), pcall(require, 'circle')",
    ]

    /// Calls of the host, which may answer with anything.
    private static let hosting = [
        "return ask(...)",
        "local ok, why = pcall(ask, ...) emit('answer', { ok = ok }) return ok, text(why)",
        "for i = 1, 4 do local a = ask(i, ...) emit('n', { i = i }) end return 'four'",
        "local t = setmetatable({}, { __index = function(_, k) return ask(k) end }) "
            + "return text(t.a), text(t.b)",
        "local x <close> = setmetatable({}, { __close = function(_, e) ask(text(e)) end }) return ask(...)",
        "return xpcall(ask, function(e) return ask(text(e)) end, ...)",
        "local t = { 3, 2, 1 } table.sort(t, function(a, b) ask() return a < b end) return t",
        "return (('a-b-c'):gsub('%a', function(c) ask(c) return c .. c end))",
        "local ok, why = pcall(function() "
            + "local c <close> = setmetatable({}, { __close = function() pcall(ask) end }) "
            + "error { code = 'x' } end) return ok, why.code",
        "return attempt(ask, ...)",
    ]

    /// Places where a step waits, where that is possible and where it isn't.
    private static let waiting = [
        "return suspend(...)",
        "local n = 0 for i = 1, 5 do local a = suspend(i) emit('w', { i = i }) n = n + 1 end return n",
        "return pcall(suspend, first(...))",
        "local ok, why = pcall(function() local a = suspend(1) error(a) end) "
            + "return ok, text(why), text(suspend(2))",
        "local t = setmetatable({}, { __index = function(_, k) return suspend(k) end }) "
            + "return text(t.a), text(t.b)",
        "local x <close> = setmetatable({}, { __close = function(_, e) suspend(text(e)) end }) "
            + "error('closing')",
        "local x <close> = setmetatable({}, { __close = function() suspend(1) ask() suspend(2) end }) "
            + "return suspend(0)",
        "for a in function(_, a) if not a then return suspend('for') end end do return text(a) end",
        "local function deep(n, ...) if n == 0 then return suspend(...) end "
            + "local a = deep(n - 1, ...) return a end return text(deep(60, ...))",
        "return xpcall(function() return suspend(1) end, function(e) return text(e) end)",
        "return attempt(function() return text(suspend(1)) end)",
        "table.sort({ 2, 1 }, function() return suspend(1) end)",
        "local t = {} for i = 1, 200 do t[i] = { i } end suspend(t) return #t, text(ask(1))",
        "suspend(print)",
        "local a = suspend() for i = 1, 3 do suspend(ask(i)) end return text(a)",
    ]

    /// Errors of every kind.
    private static let raising = [
        "error('plain')", "error({ code = 'refused', text = 'no' })", "error(nil)", "error(42)",
        "error(print)",
        "local x = nil return x.y", "return {} + 1", "return print", "return { f = print }",
        "return { 1, nil, 3, x = 1 }",
        "local t = {} t.t = t return t", "return ('%d'):format('x')", "return ('x'):rep(-1) .. {}",
        "error(setmetatable({}, { __tostring = function() error('again') end }))",
        "return xpcall(error, function(e) error(e) end, 'twice')",
        "for k in pairs({ [{}] = 1 }) do end", "undeclared = 1", "local c <close> = 42",
        "local x <close> = setmetatable({}, { __close = function() error('second') end }) error('first')",
        "return ('x'):find('[')", "return ('x'):gsub('(', '')", "return json.decode(text(...))",
        "emit('x', print)",
    ]

    /// What reaches a limit; each ends by itself in a VM with the widest limits.
    private static let greedy = [
        "while true do end",
        "repeat local ok = pcall(error, 'x') until false",
        "local function f(...) return f(...) end return f(1)",
        "local function f(n) return 1 + f(n + 1) end return f(1)",
        "local t = {} for i = 1, 3000 do t[i] = { i, 'x' .. i } end return #t",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do t[#t + 1] = ('y'):rep(100) .. #t end",
        "return ('x'):rep(1e9)",
        "return ('x'):rep(30000)",
        "while true do emit('flood', { text = ('z'):rep(50) }) end",
        "while true do ask(1) end",
        "return (('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30))",
        "local x <close> = setmetatable({}, { __close = function() while true do end end }) "
            + "while true do end",
        "return (('x'):rep(3000)):gsub('x', function() return ('y'):rep(100) end)",
        "while true do pcall(suspend, 1) end",
        "return setmetatable({}, { __index = function(t, k) return t[k .. k] end }).k",
        "local t = setmetatable({}, { __concat = function(a, b) return a .. b end }) return t .. t",
        "local f f = function() return pcall(f) end return f()",
        "local t = {} for i = 1, 20000 do t['k' .. i] = i end "
            + "for k in pairs(t) do t[k] = nil end return json.encode(t)",
    ]

    /// Files that fail while they load.
    static let broken = [
        "function run( return 1 end", "local x = = 1", "error('at load')", "while true do end", "\u{1B}Lua",
        "return 'unfinished", String(repeating: "(", count: 300),
        "local t = {} while true do t[#t + 1] = {} end",
        "x = " + String(repeating: "{", count: 250) + String(repeating: "}", count: 250), "goto nowhere",
        "ask('at load')",
        "require 'm' require 'circle'", "suspend(1)", "",
    ]

    /// Modules by name; `circle` requires itself.
    static let modules = [
        ("m", "local m = {} function m.name(...) return 'm', select('#', ...) end return m"),
        ("broken", "error('a module that fails')"),
        ("circle", "return require 'circle'"),
        ("slow", "for i = 1, 1000 do end return ask('slow')"),
    ]

    /// A file whose `run` has this body.
    static func file(_ body: String) -> String {
        """
        local function first(a) if type(a) == 'table' then return a end return { a } end
        local function text(a) return tostring(a) end
        function run(...) \(body) end
        """
    }
}
