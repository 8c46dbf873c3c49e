@testable import Lua

extension Attack {
    /// Few instructions and much work in C: what isn't charged runs on after the budget is spent.
    static let work: [Attack] = [
        Attack("repeated texts", "while true do ('x'):rep(100000) end"),
        Attack("upper case", "local s = ('x'):rep(100000) while true do s:upper() end"),
        Attack("reversed texts", "local s = ('x'):rep(100000) while true do s:reverse() end"),
        Attack("formats", "local s = ('x'):rep(100000) while true do string.format('%s %q', s, s) end"),
        Attack(
            "formats that fail",
            "local s = ('x'):rep(100000) while true do pcall(string.format, '%s%d', s, s) end"
        ),
        Attack(
            "joined texts",
            "local t = {} for i = 1, 1000 do t[i] = i end while true do table.concat(t) end"
        ),
        Attack(
            "joined texts of a lying range",
            "while true do pcall(table.concat, {}, ('x'):rep(10000), 1, math.maxinteger) end"
        ),
        Attack("joined values", "local s = ('x'):rep(100000) while true do local _ = s .. s end"),
        Attack(
            "compared texts",
            "local a, b = ('x'):rep(100000), ('x'):rep(99999) .. 'y' while a < b do end"
        ),
        Attack(
            "compared texts of zeros",
            "local a = ('\\0'):rep(100000) local b = a .. 'y' while a <= b do end"
        ),
        Attack("equal texts", "local a, b = ('x'):rep(100000), ('x'):rep(100000) while a == b do end"),
        Attack(
            "texts as keys",
            "local t, s = {}, ('x'):rep(10000) for i = 1, math.huge do t[s .. i % 10] = i end"
        ),
        Attack("texts as numbers", "local s = (' '):rep(100000) .. '1' while true do tonumber(s) end"),
        Attack("texts in another base", "local s = ('1'):rep(100000) while true do tonumber(s, 7) end"),
        Attack("texts in sums", "local s = ('0'):rep(90) .. '1' while true do local _ = s + s end"),
        Attack("bytes", "local s = ('x'):rep(10000) while true do s:byte(1, -1) end"),
        Attack("code points", "local s = ('x'):rep(10000) while true do utf8.codepoint(s, 1, -1) end"),
        Attack("lengths in characters", "local s = ('x'):rep(100000) while true do utf8.len(s) end"),
        Attack(
            "places of characters",
            "local s = ('x'):rep(100000) while true do utf8.offset(s, -1, 1) utf8.offset(s, 99999) end"
        ),
        Attack(
            "stray bytes",
            "local s = ('\\x80'):rep(100000) while true do pcall(utf8.codes, s) pcall(utf8.len, s) "
                + "utf8.offset(s, 0, 99999) end"
        ),
        Attack(
            "packed texts",
            "local s = ('x'):rep(100000) while true do string.unpack('z', string.pack('z', s)) end"
        ),
        Attack("padding", "while true do string.pack('c100000', 'x') end"),
        Attack("long formats of packing", "local f = ('b'):rep(10000) while true do string.packsize(f) end"),
        Attack("moved elements", "local t = {} while true do table.move(t, 1, 100000, 2) end"),
        Attack("moved elements without end", "table.move({}, 1, math.maxinteger - 1, 2)"),
        Attack("insertion in front", "local t = {} for i = 1, math.huge do table.insert(t, 1, i) end"),
        Attack(
            "removal in front",
            "local t = {} for i = 1, 1e4 do t[i] = i end while true do t[#t + 1] = table.remove(t, 1) end"
        ),
        Attack(
            "unpacked lists",
            "local t = {} for i = 1, 10000 do t[i] = i end while true do table.unpack(t) end"
        ),
        Attack(
            "sorted lists",
            "local t = {} for i = 1, 5000 do t[i] = -i end while true do table.sort(t) t[1] = 1 end"
        ),
        Attack(
            "sorted texts",
            "local a = ('x'):rep(10000) local b = a .. 'y' while true do table.sort({ b, a, b, a }) end"
        ),
        Attack("traversals", "local t = {} for i = 1, 5000 do t[i .. ''] = i end while true do pairs(t) end"),
        Attack("first keys", "local t = {} for i = 1, 5000 do t[i .. ''] = i end while true do next(t) end"),
        Attack(
            "keys that collide",
            "local t = {} for i = 1, 1000 do t[i * 1023] = i end while true do pairs(t) end"
        ),
        Attack(
            "JSON written",
            "local t = {} for i = 1, 5000 do t[i] = i end while true do json.encode(t) end"
        ),
        Attack(
            "JSON that can't be written",
            "local t = {} for i = 1, 5000 do t[i] = i end t[5001] = error while true do "
                + "pcall(json.encode, t) end"
        ),
        Attack("JSON that contains itself", "local t = {} t[1] = t while true do pcall(json.encode, t) end"),
        Attack("JSON read", "local s = '[' .. ('1,'):rep(5000) .. '1]' while true do json.decode(s) end"),
        Attack(
            "JSON that can't be read",
            "local s = ('['):rep(60) .. '[' .. ('1,'):rep(5000) while true do pcall(json.decode, s) end"
        ),
        Attack("escapes", "local s = json.encode(('\\1'):rep(5000)) while true do json.decode(s) end"),
        Attack(
            "records that fail",
            "local s = ('x'):rep(10000) while true do pcall(host_call, s, error) end"
        ),
        Attack(
            "garbage at the limit",
            "local t = {} for i = 1, 10000 do t = { t } end while true do local _ = {} end"
        ),
    ]

    /// Patterns that try again and again.
    static let patterns: [Attack] = [
        Attack("a? to the thirty", "return (('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30))"),
        Attack("a* to the thirty", "return (('a'):rep(30)):find(('a*'):rep(30) .. 'b')"),
        Attack("a- to the thirty", "return (('a'):rep(30)):find(('a-'):rep(30) .. 'b')"),
        Attack("captures that back off", "return (('a'):rep(30)):find(('(a*)'):rep(20) .. 'b')"),
        Attack(".- four times", "return (('a'):rep(1000)):match('.-.-.-.-b')"),
        Attack("an anchored .- four times", "return (('a'):rep(1000)):match('^.-.-.-.-$x')"),
        Attack("a class that backs off", "return (('a '):rep(1000)):match('^[%w%s]*[%w%s]*[%w%s]*[%w%s]*x')"),
        Attack("balanced texts", "local s = ('('):rep(10000) while true do s:find('%b()') end"),
        Attack("balanced texts behind .-", "return (('('):rep(10000)):match('.-%b()x')"),
        Attack("frontiers", "local s = ('a'):rep(10000) while true do s:find('%f[b]') end"),
        Attack("back references", "return (('a'):rep(3000)):find('^(.*)(.*)(.*)%1%2%3b')"),
        Attack("gsub that finds nothing", "return (('a'):rep(10000)):gsub('a*b', '')"),
        Attack("gsub of nothing", "local s = ('a'):rep(10000) while true do s:gsub('', '') end"),
        Attack(
            "gsub with a long text of captures",
            "return (('b'):rep(10000)):gsub('(a*)', ('%1'):rep(10000))"
        ),
        Attack("gmatch that finds nothing", "for _ in (('a'):rep(10000)):gmatch('.-b') do end"),
        Attack(
            "a long set",
            "local p = '[^' .. ('b'):rep(10000) .. ']*x' local s = ('a'):rep(1000) while true do "
                + "s:find(p) end"
        ),
        Attack(
            "a plain text",
            "local s, p = ('a'):rep(100000), ('a'):rep(1000) .. 'b' while true do s:find(p, 1, true) end"
        ),
        Attack(
            "a malformed pattern",
            "local p = ('a*'):rep(1000) .. '[' while true do pcall(string.find, ('a'):rep(1000), p) end"
        ),
    ]
}
