import Testing

@testable import Lua

/// Work in C that a script can make as large as it likes, and what one turn of it has to cost at least.
///
/// The count hook sees none of it: what isn't charged can be repeated a thousand times between two looks at
/// the budget.
private struct Work: CustomTestStringConvertible, Sendable {
    let name: String
    let setup: String
    let turn: String
    /// Instructions that a turn is charged at least.
    let units: Int

    init(_ name: String, _ setup: String, _ turn: String, _ units: Int) {
        self.name = name
        self.setup = setup
        self.turn = turn
        self.units = units
    }

    var testDescription: String { name }

    static let all: [Work] = [
        Work(
            "ordering long texts",
            "local a = ('x'):rep(1e5) local b = a .. 'y'",
            "local _ = a < b",
            1_500
        ),
        Work(
            "comparing long texts",
            "local a, b = ('x'):rep(1e5), ('x'):rep(1e5)",
            "local _ = a == b",
            1_500
        ),
        Work(
            "ordering texts of zero bytes",
            "local a = ('\\0'):rep(1e4) local b = a .. 'y'",
            "local _ = a <= b",
            4_000
        ),
        Work("a long pattern", "local p = ('x'):rep(1e5)", "local _ = ('a'):find(p)", 1_500),
        Work("a pattern of zero bytes", "local p = ('\\0'):rep(1e5)", "local _ = ('a'):find(p)", 1_500),
        Work("a long set", "local p = '[' .. ('b'):rep(1e4) .. ']+'", "local _ = ('aaaa'):find(p)", 2_500),
        Work(
            "a long set at a frontier",
            "local p = '%f[' .. ('b'):rep(1e4) .. ']'",
            "local _ = ('aaaa'):find(p)",
            5_000
        ),
        Work("long captures again", "local s = ('a'):rep(1e4)", "local _ = s:match('^(.-)%1b')", 150_000),
        Work(
            "a replacement of empty captures",
            "local p = ('%1'):rep(1e4)",
            "local _ = ('b'):gsub('(a*)', p)",
            20_000
        ),
        Work(
            "JSON of a list that can't be written",
            "local t = {} for i = 1, 1e4 do t[i] = true end t[#t + 1] = print or error",
            "pcall(json.encode, t)",
            10_000
        ),
        Work(
            "JSON of a long text that can't be written",
            "local t = { ('x'):rep(1e5), print or error }",
            "pcall(json.encode, t)",
            6_000
        ),
        Work(
            "a record that can't be packed",
            "local s, f = ('x'):rep(1e5), print or error",
            "pcall(host_call, s, f)",
            1_500
        ),
        Work(
            "sorted keys",
            "local t = {} for i = 1, 4000 do t[i .. 'x'] = i end",
            "pairs(t)",
            4_000 * (2 + 6)
        ),
        Work(
            "sorting long texts",
            "local a = ('x'):rep(1e5) local b = a .. 'y'",
            "table.sort({ a, b, a, b, a, b, a, b })",
            12 * 1_500
        ),
        Work("many bytes", "local s = ('x'):rep(1e4)", "s:byte(1, -1)", 5_000),
        Work("many code points", "local s = ('x'):rep(1e4)", "utf8.codepoint(s, 1, -1)", 5_000),
        Work("the length of a text", "local s = ('x'):rep(1e5)", "utf8.len(s)", 6_000),
        Work("the place of a character", "local s = ('x'):rep(1e5)", "utf8.offset(s, 90000)", 5_600),
        Work(
            "the place of a character in a text without any",
            "local s = 'x' .. ('\\x80'):rep(1e5)",
            "utf8.offset(s, 2)",
            6_000
        ),
        Work(
            "unpacking a long text",
            "local s = string.pack('z', ('x'):rep(1e5))",
            "string.unpack('z', s)",
            6_000
        ),
        Work("a long format of packing", "local f = ('b'):rep(1e4)", "string.packsize(f)", 5_000),
        Work("an empty pattern", "local s = ('a'):rep(1e4)", "local _ = s:gsub('', '')", 10_000),
    ]
}

@Suite("Work in C is paid for")
struct PaidWorkTests {
    private static let turns = 20

    @Test(arguments: Work.all)
    private func `a turn costs what it takes`(work: Work) throws {
        let script = """
            function run() \(work.setup) for turn = 1, \(Self.turns) do \(work.turn) end end
            function setup() \(work.setup) end
            """
        let bench = try Bench(script)
        _ = try bench.run()
        let whole = bench.vm.instructionsUsed
        try bench.vm.run(Array("run = setup".utf8), file: "setup.lua")
        _ = try bench.run()
        #expect(whole - bench.vm.instructionsUsed >= Self.turns * work.units)
    }

    @Test(arguments: [
        "local n = 0 for i = 1, #s do n = n + s:byte(i) end return n",
        "local n = 0 for i = 1, #s do n = n + utf8.codepoint(s, i) end return n",
        "local n = 0 for i = 1, #s do n = n + 97 * utf8.len(s, i, i) end return n",
        "local n = 0 for i = 1, #s do n = n + 97 * (utf8.offset(s, 2, i) - i) end return n",
        "local n, b, p = 0, 0, 1 while p <= #s do b, p = ('B'):unpack(s, p) n = n + b end return n",
        "local n = 0 for _, c in utf8.codes(s) do n = n + c end return n",
    ])
    func `walking through a text costs no more than its length`(body: String) throws {
        let bench = try Bench("local s = ('a'):rep(100000) function run() \(body) end")
        #expect(try bench.run() == [.integer(9_700_000)])
        #expect(bench.vm.instructionsUsed <= 1_500_000)
    }

    @Test func `no number of stray bytes is passed over in one step`() throws {
        let script = """
            function run()
              local step, s = utf8.codes('a' .. ('\\x80'):rep(100))
              return pcall(step, s, 1)
            end
            """
        #expect(try Bench(script).run() == [.bool(false), .text("invalid UTF-8 code")])
    }

    @Test func `a text of more than 1,000 bytes is no number`() throws {
        let script = """
            function run()
              local long, longer = ('0'):rep(999) .. '7', ('0'):rep(1000) .. '7'
              return long + 0, tonumber(long), tonumber(longer), math.tointeger(longer),
                (pcall(function() return longer + 0 end)), (pcall(string.rep, 'x', longer))
            end
            """
        #expect(
            try Bench(script).run() == [.integer(7), .integer(7), .null, .null, .bool(false), .bool(false)]
        )
    }

    @Test func `NaN has the same text on every machine`() throws {
        let script = """
            function run()
              local n = 0 / 0
              return n .. '', -n .. '', table.concat({ n, -n }), string.format('%s%.1f', -n, -n), 1.5 .. ''
            end
            """
        #expect(try Bench(script).run().map(\.text) == ["nan", "nan", "nannan", "nannan", "1.5"])
    }
}
