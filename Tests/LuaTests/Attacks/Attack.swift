@testable import Lua

/// A script that goes too far, and the code that it has to end with wherever it stands.
///
/// The body is that of a Lua function; it never returns by itself.
struct Attack: CustomStringConvertible, Sendable {
    let name: String
    let body: String
    let code: LuaErrorKind

    init(_ name: String, _ body: String, _ code: LuaErrorKind = .instructions) {
        self.name = name
        self.body = body
        self.code = code
    }

    var description: String { name }

    /// Small enough that an attack ends in milliseconds, wide enough for honest work.
    ///
    /// The clock plays no part: the counters alone have to stop each of them.
    var limits: LuaLimits {
        .patient(
            instructions: code == .instructions ? 100_000 : 5_000_000,
            memoryBytes: Self.memoryBytes,
            outputBytes: 256 << 10,
            records: 50
        )
    }

    static let memoryBytes = 4 << 20
}

/// A place where a script may put an attack so that it is caught, hidden, or run when nobody expects it.
struct Wrapper: Sendable {
    let name: String
    /// The body of a Lua function that calls `attack`.
    let body: String

    init(_ name: String, _ body: String) {
        self.name = name
        self.body = body
    }

    static let all: [Wrapper] = [
        Wrapper("bare", "attack()"),
        Wrapper("tail", "return attack()"),
        Wrapper("pcall", "return pcall(attack)"),
        Wrapper("pcall_again", "while true do pcall(attack) end"),
        Wrapper("pcall_deep", "return pcall(pcall, pcall, pcall, attack)"),
        Wrapper("xpcall_loop", "return xpcall(attack, function() while true do end end)"),
        Wrapper("xpcall_error", "return xpcall(attack, function(e) error(e) end)"),
        Wrapper("xpcall_again", "return xpcall(attack, attack)"),
        Wrapper("handler", "return xpcall(error, attack)"),
        Wrapper("index", "return setmetatable({}, { __index = attack }).x"),
        Wrapper("newindex", "setmetatable({}, { __newindex = attack }).x = 1"),
        Wrapper("call", "return setmetatable({}, { __call = attack })()"),
        Wrapper("equal", "local mt = { __eq = attack } return setmetatable({}, mt) == setmetatable({}, mt)"),
        Wrapper("less", "return setmetatable({}, { __lt = attack }) < 1"),
        Wrapper("concat", "return 'x' .. setmetatable({}, { __concat = attack })"),
        Wrapper("length", "return #setmetatable({}, { __len = attack })"),
        Wrapper("arithmetic", "return setmetatable({}, { __add = attack }) + 1"),
        Wrapper("text", "return tostring(setmetatable({}, { __tostring = attack }))"),
        Wrapper("format", "return string.format('%s', setmetatable({}, { __tostring = attack }))"),
        Wrapper("pairs", "for _ in pairs(setmetatable({}, { __pairs = attack })) do end"),
        Wrapper("iterator", "for _ in attack do end"),
        Wrapper("close", "local x <close> = setmetatable({}, { __close = attack })"),
        Wrapper(
            "close_in_error",
            "return pcall(function() local x <close> = setmetatable({}, { __close = attack }) error('x') end)"
        ),
        Wrapper(
            "close_behind",
            "local x <close> = setmetatable({}, { __close = function() while true do end end }) attack()"
        ),
        Wrapper(
            "close_throws",
            "local x <close> = setmetatable({}, { __close = function() error('mine') end }) attack()"
        ),
        Wrapper("sort", "table.sort({ 3, 1, 2 }, attack)"),
        Wrapper("gsub", "return ('x'):gsub('x', attack)"),
        Wrapper("gsub_table", "return ('x'):gsub('x', setmetatable({}, { __index = attack }))"),
        Wrapper("module", "return require('hostile')"),
        Wrapper("module_caught", "return pcall(require, 'hostile')"),
        Wrapper("after_host", "host_call(1) attack()"),
        Wrapper("after_refusal", "pcall(host_call, attack) attack()"),
    ]

    /// Those that catch what can be caught.
    static let catching = all.filter { $0.name.hasSuffix("_again") || $0.name == "close_behind" }

    /// Functions by the name of each wrapper.
    ///
    /// Each records first, so that there is something to take back.
    static let script = all.map { "function in_\($0.name)() emit('s', {}) \($0.body) end\n" }.joined()
}
