import Testing

@testable import Lua

@Suite("Ordinary Lua stays ordinary")
struct OrdinaryLuaTests {
    /// Each line is an expression that the reference manual says is true.
    private static let truths = #"""
        ('hello world'):find('wor') == 7
        select('#', ('hello'):find('l')) == 2
        select(2, ('hello'):find('ll')) == 4
        ('hello'):find('xyz') == nil
        ('hello'):find('') == 1
        ('hello'):find('', 6) == 6
        ('hello'):find('', 7) == nil
        ('a.b'):find('.', 1, true) == 2
        ('a.b'):find('.', 2, true) == 2
        ('a+b'):find('+', 1, true) == 2
        ('a\0b'):find('\0') == 2
        ('a\0b'):find('%z') == nil
        ('hello'):find('l', -2) == 4
        select(3, ('key = value'):find('(%w+)%s*=%s*(%w+)')) == 'key'
        select(4, ('key = value'):find('(%w+)%s*=%s*(%w+)')) == 'value'
        ('2026-01-02'):match('(%d+)-(%d+)-(%d+)') == '2026'
        ('x'):match('()x()') == 1
        select(2, ('x'):match('()x()')) == 2
        ('hello'):match('^hel') == 'hel'
        ('hello'):match('^el') == nil
        ('hello'):match('llo$') == 'llo'
        ('a$b'):match('a$b') == 'a$b'
        ('hello'):match('.-l') == 'hel'
        ('hello'):match('.*l') == 'hell'
        ('hello'):match('lx?l') == 'll'
        ('ab'):match('a+b') == 'ab'
        ('[x]'):match('[][]') == '['
        ('a-b'):match('[a%-]+') == 'a-'
        ('x^y'):match('[%^x]+') == 'x^'
        ('5'):match('[^%a]') == '5'
        ('az09_'):match('[%w_]+') == 'az09_'
        ('f'):match('[a-f]') == 'f'
        ('-'):match('[a-]') == '-'
        (']'):match('[]]') == ']'
        ('THE (quick) fox'):find('%((%a+)%)') == 5
        ('f(a(b)c)d'):match('%b()') == '(a(b)c)'
        ('x'):match('%b()') == nil
        ('THE (quick) fox'):gsub('%f[%a]%a+', string.lower) == 'the (quick) fox'
        ('abcabc'):match('(a)bc%1') == 'a'
        ('hello world'):gsub('o', '0') == 'hell0 w0rld'
        select(2, ('hello world'):gsub('o', '0')) == 2
        ('abc'):gsub('', '-') == '-a-b-c-'
        ('hello'):gsub('l', 'L', 1) == 'heLlo'
        ('hello'):gsub('', 'x', 0) == 'hello'
        ('abc'):gsub('%w', '%0%0') == 'aabbcc'
        ('abc'):gsub('(a)(b)', '%2%1') == 'bac'
        ('abc'):gsub('b', '%%') == 'a%c'
        ('$x $y'):gsub('%$(%w)', { x = 1, y = false }) == '1 $y'
        ('abc'):gsub('b', function() end) == 'abc'
        ('abc def'):gsub('%w+', '<%0>') == '<abc> <def>'
        ('abc'):gsub('^a', 'x') == 'xbc'
        pcall(string.find, 'a', '[a') == false
        pcall(string.find, 'a', '%') == false
        pcall(string.find, 'a', '(a') == false
        pcall(string.gsub, 'a', 'a', '%2') == false
        pcall(string.match, 'a', '%1') == false
        pcall(string.match, 'a', 'a)') == false
        ('x'):rep(3) == 'xxx'
        ('x'):rep(3, ',') == 'x,x,x'
        ('x'):rep(0) == ''
        ('x'):rep(-1) == ''
        (''):rep(1e9 // 1 | 0) == ''
        ('x'):rep(1, ',') == 'x'
        ('ab'):rep(300) == ('ab'):rep(150):rep(2)
        string.format('%5.2f|%-5d|%05d', 3.14159, 42, 42) == ' 3.14|42   |00042'
        string.format('%x|%s|%%|%c|%i|%g', 255, 'x', 65, 7, 0.5) == 'ff|x|%|A|7|0.5'
        string.format('%q', 'a\n') == '"a\\\n"'
        string.format('%s %s %s', nil, true, 1.0) == 'nil true 1.0'
        string.format('%10s|%-10s|%.2s', 'x', 'y', 'xyz') == '         x|y         |xy'
        pcall(string.format, '%d', 1.5) == false
        pcall(string.format, '%d') == false
        pcall(string.format, '%y', 1) == false
        ('Äbc'):len() == 4
        utf8.len('Äbc') == 3
        utf8.char(196, 8364) == 'Ä€'
        utf8.codepoint('€') == 8364
        utf8.offset('aÄb', 3) == 4
        ('abc'):byte(2) == 98
        string.char(104, 105) == 'hi'
        ('abc'):sub(-2) == 'bc'
        ('abc'):reverse() == 'cba'
        ('aB'):upper() == 'AB'
        string.unpack('<i4', string.pack('<i4', 100)) == 100
        string.packsize('!8i4i8') == 16
        '10' + 5 == 15
        '3' * '4' == 12
        10 .. '' == '10'
        -'2' == -2
        '0x10' + 0 == 16
        7 // 2 == 3
        -7 // 2 == -4
        7 % -3 == -2
        7 / 2 == 3.5
        2^10 == 1024.0
        1e308 * 10 == math.huge
        math.maxinteger + 1 == math.mininteger
        1 == 1.0
        math.type(1) ~= math.type(1.0)
        3 & 5 == 1
        ~0 == -1
        1 << 63 < 0
        math.tointeger(3.0) == 3
        math.tointeger('x') == nil
        math.floor(-3.5) == -4
        math.fmod(-6, 4) == -2
        math.ult(1, -1)
        tonumber('10') == 10
        tonumber(' 0x1p4 ') == 16.0
        tonumber('1e1') == 10.0
        tonumber('') == nil
        tonumber('1 2') == nil
        tonumber('10\0') == nil
        tonumber('ff', 16) == 255
        tonumber('-zz', 36) == -1295
        tonumber('8', 8) == nil
        tonumber(' 11 ', 2) == 3
        tonumber('', 10) == nil
        tonumber(nil or '7') == 7
        tostring(1e15) == '1e+15'
        tostring(2^53) == '9.007199254741e+15'
        tostring(10 // 1.0) == '10.0'
        tostring(-0.0) == '-0.0'
        tostring(1/0) == 'inf'
        table.concat({ 1, 2, 'x' }, '-') == '1-2-x'
        table.concat({}) == ''
        table.concat({ 1, 2, 3 }, ',', 2, 3) == '2,3'
        table.concat({ 1 }, ',', 2) == ''
        table.remove({}) == nil
        pcall(table.insert, { 1 }, 5, 1) == false
        pcall(table.insert, { 1 }, 1, 1, 1) == false
        pcall(table.remove, { 1 }, 5) == false
        table.concat(table.move({ 1, 2, 3 }, 2, 3, 1)) == '233'
        table.concat(table.move({ 1, 2, 3 }, 1, 3, 2)) == '1123'
        #table.move({ 1, 2 }, 1, 2, 1, {}) == 2
        select('#', table.unpack({ 1, nil, 3 }, 1, 3)) == 3
        table.pack(1, nil).n == 2
        select(-1, 1, 2) == 2
        table.unpack({}, 1, 0) == nil
        pcall(table.sort, { 1, 'x' }) == false
        pcall(table.sort, { 1, 2 }, 3) == false
        select('#', pcall(error)) == 2
        select(2, pcall(error, 'x', 0)) == 'x'
        select(2, pcall(error, { 1 }))[1] == 1
        pcall(nil) == false
        select(2, xpcall(function() error('a', 0) end, function(e) return e .. 'b' end)) == 'ab'
        select(3, xpcall(function(...) return ... end, print, 1, 2)) == 2
        select('#', xpcall(function() end, print)) == 1
        select(2, xpcall(function(x) return x end, print, 7)) == 7
        pcall(xpcall) == false
        rawlen({ 1, 2 }) == 2
        rawequal('a', 'a')
        #setmetatable({}, { __len = function() return 9 end }) == 9
        getmetatable(setmetatable({}, nil)) == nil
        setmetatable({}, { __call = function(_, x) return x end })(5) == 5
        setmetatable({}, { __concat = function() return 'c' end }) .. 1 == 'c'
        assert(1, 'x') == 1
        pcall(assert, false, 'x') == false
        select(2, pcall(assert, nil)) == 'assertion failed!'
        _VERSION == 'Lua 5.4'
        """#

    @Test(arguments: truths.split(separator: "\n").map(String.init))
    func `the manual holds`(expression: String) throws {
        #expect(try Bench.evaluate(expression) == [.bool(true)])
    }

    /// Function bodies that give true.
    private static let bodies = [
        """
        local t = {}
        for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[k] = v end
        return t.a .. t.b == '12'
        """,
        "local n = 0 for _ in ('abc'):gmatch('') do n = n + 1 end return n == 4",
        "local s = '' for w in ('one two'):gmatch('%a+', 4) do s = s .. w end return s == 'two'",
        "local n = 0 for _, c in utf8.codes('aÄ€') do n = n + c end return n == 97 + 196 + 8364",
        "local t = { 1, 2, 3 } table.insert(t, 4) table.insert(t, 1, 0) return table.concat(t) == '01234'",
        "local t = { 1, 2, 3 } return table.remove(t, 1) .. table.remove(t) .. #t == '131'",
        "local t = { 3, 1, 2 } table.sort(t) return table.concat(t) == '123'",
        "local t = { 'b', 'a' } table.sort(t, function(x, y) return x > y end) return t[1] == 'b'",
        "local t = { 2, 1.5, 1 } table.sort(t) return t[2] == 1.5",
        """
        local log = ''
        do
          local x <close> = setmetatable({}, { __close = function() log = log .. 'closed' end })
          log = 'open '
        end
        return log == 'open closed'
        """,
        """
        local log = 'no'
        pcall(function()
          local x <close> = setmetatable({}, { __close = function(_, e) log = e end })
          error('why', 0)
        end)
        return log == 'why'
        """,
        """
        local n = 0
        for i = 1, 3 do
          for j = 1, 3 do
            if j == 2 then goto continue end
            n = n + 1
          end
          ::continue::
        end
        return n == 3
        """,
    ]

    @Test(arguments: bodies)
    func `the manual holds over several lines`(body: String) throws {
        #expect(try Bench("function run() \(body) end").run() == [.bool(true)])
    }

    @Test func `patterns agree with a slow and simple reading on random texts`() throws {
        let script = """
            function run(text, pattern)
              local ok, first, last = pcall(string.find, text, pattern)
              return ok, first, last
            end
            """
        let bench = try Bench(script)
        var random = SplitMix(state: 99)
        for _ in 0..<500 {
            let text = String((0..<8).map { _ in "ab".randomElement(using: &random) ?? "a" })
            let pieces = (0..<3).map { _ in
                let item = ["a", "b", ".", "[ab]"].randomElement(using: &random) ?? "a"
                return item + (["", "*", "+", "?", "-"].randomElement(using: &random) ?? "")
            }
            let found = try bench.run {
                $0.string(text); $0.string(pieces.joined())
            }
            let expected = SimplePattern(pieces).firstMatch(in: Array(text))
            let ends =
                expected.map { [PackedValue.integer(Int64($0.0 + 1)), .integer(Int64($0.1))] } ?? [
                    .null, .null,
                ]
            #expect(found == [.bool(true)] + ends, "\(text) \(pieces)")
        }
    }
}

/// Patterns of single items, matched by trying everything.
private struct SimplePattern {
    let pieces: [String]

    init(_ pieces: [String]) { self.pieces = pieces }

    func firstMatch(in text: [Character]) -> (Int, Int)? {
        for start in 0...text.count {
            if let end = end(text, start, pieces[...]) { return (start, end) }
        }
        return nil
    }

    private func end(_ text: [Character], _ place: Int, _ rest: ArraySlice<String>) -> Int? {
        guard let piece = rest.first else { return place }
        let next = rest.dropFirst()
        let sign = piece.last.flatMap { "*+?-".contains($0) ? $0 : nil }
        let item = sign == nil ? piece : String(piece.dropLast())
        var run = 0
        while place + run < text.count, item == "." || item == "[ab]" || item == String(text[place + run]) {
            run += 1
        }
        let counts: [Int] =
            switch sign {
            case "*": Array((0...run).reversed())
            case "+": run == 0 ? [] : Array((1...run).reversed())
            case "?": run == 0 ? [0] : [1, 0]
            case "-": Array(0...run)
            default: run == 0 ? [] : [1]
            }
        for count in counts {
            if let found = end(text, place + count, next) { return found }
        }
        return nil
    }
}
