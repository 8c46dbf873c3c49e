import Lua
import Testing

/// `host.freeze` and `host.thaw`: a state as bytes and back.
struct FrozenTests {
    /// `check()` freezes and thaws what the script's `make()` gives, and says what is unlike.
    private static let prelude = """
        local host = ...
        local function as_json(value)
          local ok, text = host.attempt(host.json.encode, value)
          return ok and text
        end
        local function unlike(a, b, path, seen)
          if math.type(a) ~= math.type(b) or type(a) ~= type(b) then return path .. ": another type" end
          if type(a) ~= "table" then
            if a ~= b and (a == a or b == b) then return path .. ": another value" end
            return nil
          end
          if seen[a] then return seen[a] ~= b and path .. ": another table" or nil end
          seen[a] = b
          if as_json(a) ~= as_json(b) then return path .. ": other JSON" end
          for key, value in pairs(a) do
            local fault = unlike(value, b[key], path .. "." .. tostring(key), seen)
            if fault then return fault end
          end
          for key in pairs(b) do if a[key] == nil then return path .. "." .. tostring(key) .. ": new" end end
          if #a ~= #b then return path .. ": another length" end
        end
        local function check()
          local made = host.env.make()
          local text, size = host.freeze(made, 1 << 20)
          if not text then return "not frozen" end
          if #text ~= size then return "the size is wrong" end
          return unlike(made, host.thaw(text), "value", {}) or "the same"
        end
        local function size(max) return host.freeze(host.env.make(), max) end
        local function thaw(text) return host.thaw(text) end
        return { check = check, size = size, thaw = thaw }
        """

    private static func vm(_ value: String) throws -> (LuaVM, [String: LuaFunction]) {
        let vm = try LuaVM(seed: 1)
        let functions = try vm.loadPrivileged(Array(prelude.utf8), file: "frozen.lua")
        try vm.run(Array("function make() \(value) end".utf8), file: "app.lua")
        return (vm, functions)
    }

    private static func call(
        _ name: String,
        on value: String,
        _ pack: (inout PackedWriter) -> Void = { _ in }
    ) throws -> [PackedValue] {
        let (vm, functions) = try vm(value)
        var arguments = PackedWriter()
        pack(&arguments)
        return Array(try vm.call(try #require(functions[name]), arguments))
    }

    @Test(arguments: [
        "return {}", "return { a = 1, b = 2.0, c = -0.0, d = 1/0, e = 0/0, f = true, g = false }",
        "return { 1, 2, 3 }", "return { [10] = 'x', [-1] = 'y', [2.5] = 'z', [true] = 1 }",
        "return { 'list', named = 1 }", #"return { "\0\xff\x80", [""] = "ä" }"#,
        "return { math.maxinteger, math.mininteger, 0x1p-1074 }",
        "local t = {} for i = 1, 5000 do t['k' .. i] = { i, tostring(i) } end return t",
        "local one = { 1 } return { a = one, b = one, c = { one } }",
        "local loop = {} loop.own = loop loop.list = { loop } return loop",
        "local t = {} local at = t for i = 1, 90 do at.n = {} at = at.n end return t",
        "return 7", "return 'text'", "return false",
    ]) func `a state comes back as it was`(value: String) throws {
        #expect(try Self.call("check", on: value).map(\.text) == ["the same"])
    }

    @Test func `which list is marked as one, and where null is, comes back`() throws {
        let (vm, functions) = try Self.vm("return decoded")
        let load = """
            local host = ...
            host.env.decoded = host.json.decode('{"a":[],"b":{},"c":[null,1],"d":[[]]}')
            return {}
            """
        _ = try vm.loadPrivileged(Array(load.utf8), file: "load.lua")
        #expect(Array(try vm.call(try #require(functions["check"]))).map(\.text) == ["the same"])
    }

    @Test(arguments: [
        "return { f = function() end }", "return setmetatable({}, { __index = {} })", "return { [{}] = 1 }",
        "local t = {} local at = t for i = 1, 101 do at.n = {} at = at.n end return t", "return print",
    ]) func `what has no such form isn't frozen`(value: String) throws {
        #expect(try Self.call("check", on: value).map(\.text) == ["not frozen"])
    }

    @Test func `what takes more than it may isn't frozen`() throws {
        let long = #"return { text = ("x"):rep(1000) }"#
        #expect(try Self.call("size", on: long) { $0.integer(1_000) }.first == .null)
        #expect(try Self.call("size", on: long) { $0.integer(2_000) }.first != .null)
    }

    @Test func `bytes that are cut or changed are an error, never a crash`() throws {
        let made = #"local t = { 1, 2.5, "x", { true, a = "b" } } t[5] = t return t"#
        let first = try Self.call("size", on: made, { $0.integer(1 << 20) }).first
        guard case .string(let frozen)? = first else {
            Issue.record("the table isn't frozen")
            return
        }
        let bytes = Array(frozen)
        var refused = 0
        for place in bytes.indices {
            #expect(throws: LuaError.self) {
                try Self.call("thaw", on: made) { $0.string(bytes: bytes[..<place]) }
            }
            for change: UInt8 in [1, 7, 128, 255] {
                var other = bytes
                other[place] &+= change
                // Some changes give another value, which is as good as any.
                do { _ = try Self.call("thaw", on: made) { $0.string(bytes: other) } } catch { refused += 1 }
            }
        }
        #expect(refused > bytes.count)
        #expect(throws: LuaError.self) { try Self.call("thaw", on: made) { $0.string(bytes: bytes + [0]) } }
    }
}
