@testable import Lua

extension Attack {
    static let all = endless + work + patterns + memory + output

    /// One of each nature, to be put everywhere; the others are put where they are caught.
    static let natures =
        endless.prefix(12) + [work[0], patterns[0], memory[0], memory[3], memory[5], output[0], output[5]]

    /// Loops in every form: each is stopped by the count hook.
    static let endless: [Attack] = [
        Attack("while", "while true do end"),
        Attack("repeat", "repeat until false"),
        Attack("goto", "::top:: goto top"),
        Attack("for with a huge count", "for i = 1, math.huge do end"),
        Attack("for down to the last integer", "for i = math.maxinteger, math.mininteger, -1 do end"),
        Attack("for with a tiny step", "for x = 0, 1, 1e-300 do end"),
        Attack("tail calls", "local function f() return f() end f()"),
        Attack(
            "tail calls in turns",
            "local g local function f() return g() end g = function() return f() end f()"
        ),
        Attack(
            "calls through __call",
            "local t = {} setmetatable(t, { __call = function(self) return self() end }) t()"
        ),
        Attack("pcall that goes on", "while true do pcall(error, 'x') end"),
        Attack("pcall of itself", "while true do pcall(pcall, pcall, error) end"),
        Attack("xpcall that goes on", "while true do xpcall(error, function() end) end"),
        Attack("errors in error handlers", "while true do xpcall(error, error) end"),
        Attack(
            "an error handler that recurses",
            "while true do xpcall(error, function() local function f() return f() + 1 end f() end) end",
            .memory
        ),
        Attack(
            "recursion that is caught",
            "local function f() pcall(f) end while true do f() end"
        ),
        Attack(
            "recursion through __index that is caught",
            """
            local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end })
            while true do pcall(function() return t[1] end) end
            """
        ),
        Attack(
            "closing variables",
            "while true do local x <close> = setmetatable({}, { __close = function() end }) end"
        ),
        Attack(
            "closing variables that fail",
            """
            local mt = { __close = function() error('x') end }
            while true do pcall(function() local x <close> = setmetatable({}, mt) end) end
            """
        ),
        Attack(
            "closing variables that close others",
            """
            local mt = {}
            mt.__close = function() local y <close> = setmetatable({}, mt) end
            while true do pcall(function() local x <close> = setmetatable({}, mt) end) end
            """
        ),
        Attack("a finalizer", "while true do pcall(setmetatable, {}, { __gc = function() end }) end"),
        Attack(
            "a finalizer that comes later",
            "while true do local mt = {} setmetatable({}, mt) mt.__gc, mt.__mode = error, 'kv' end"
        ),
        Attack(
            "a comparison that contradicts itself",
            "while true do table.sort({ 1, 2, 3 }, function() return true end) end"
        ),
        Attack(
            "a comparison that sorts",
            "local t = { 3, 2, 1 } while true do table.sort(t, function() pcall(table.sort, t, "
                + "error) end) end"
        ),
        Attack(
            "a replacement that replaces",
            "while true do ('aaa'):gsub('a', function(a) return (a:gsub('a', 'b')) end) end"
        ),
        Attack("an iterator without end", "for _ in function() return 1 end do end"),
        Attack(
            "ipairs without end",
            "for _ in ipairs(setmetatable({}, { __index = function() return 1 end })) do end"
        ),
        Attack("gmatch again and again", "while true do for _ in ('abc'):gmatch('') do end end"),
        Attack("a method that is missing", "while true do pcall(function() return ('x'):absent() end) end"),
        Attack(
            "a length that lies",
            "local t = setmetatable({}, { __len = function() return math.maxinteger end }) for i = "
                + "1, #t do end"
        ),
        Attack("numbers without end", "local n = 0 while n < math.huge do n = n + 1e-300 end"),
        Attack("a module that is missing", "while true do pcall(require, 'absent') end"),
        Attack("a wait where none can be", "while true do pcall(table.sort, { 1, 2 }, suspend) end"),
        Attack(
            "errors with values",
            "while true do pcall(error, setmetatable({}, { __tostring = error })) end"
        ),
        Attack("host calls", "while true do host_call() end"),
        Attack("host calls that fail", "while true do pcall(host_call, print) end"),
    ]
}
