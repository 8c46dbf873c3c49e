import Testing

@testable import Lua

/// Objects of the host whose members have fixed names, and are made when a script asks for them.
@Suite struct ShapeTests {
    private let bench: Bench
    private let shape: LuaShape
    private let fields: LuaShape

    init() throws {
        bench = try Bench(
            """
            function run(body, e)
              return cases[body](e)
            end
            cases = {}
            function cases.ready(e) return e.type, e.data.n end
            function cases.rare(e) return e.stream, e.meta.by, e.id, e.tags end
            function cases.pairs(e)
              local keys = {}
              for k in pairs(e) do keys[#keys + 1] = k end
              return table.concat(keys, ' ')
            end
            function cases.next(e) return (next(e)) end
            function cases.encode(e) return json.encode(e), json.encode({ { e } }) end
            function cases.hand_out(e) return e end
            function cases.write(e)
              e.stream = nil
              e.meta = 5
              e.new = 6
              return e.stream, e.meta, e.id, e.new, json.encode(e)
            end
            function cases.keep(e) kept = e return 1 end
            function cases.kept() return kept.stream, kept.type end
            function cases.inherit(e)
              local copy = setmetatable({}, { __index = e })
              return copy.stream, copy.type, pcall(function() return copy.strem end)
            end
            function cases.misspelt(e)
              local d = e.dat
              return d
            end
            function cases.number(e) return e[1] end
            function cases.metatable(e) return getmetatable(e), pcall(setmetatable, e, nil) end
            function cases.twice(e) return e.stream == e.stream, e.meta == e.meta end
            function cases.undeclared(e) return e.data.other end
            function cases.declared(e) return e.data.n, e.data.absent, json.encode(e.data) end
            function cases.escapes(e) return json.encode({ '\\n', e, '\\n' }) end
            function cases.insert(e) table.insert(e, 7) return json.encode(e) end
            """
        )
        bench.vm.register("suggest") { arguments, results in
            guard let name = arguments.next()?.text, case .json(let list)? = arguments.next() else {
                preconditionFailure("suggest gets a name and a list")
            }
            results.string("not \(name) of \(String(decoding: list, as: UTF8.self))")
        }
        shape = bench.vm.declareShape(
            complaint: "an event has no field",
            ready: ["type", "data"],
            rare: ["stream", "meta", "id", "tags"]
        )
        fields = bench.vm.declareShape(complaint: "the fields have no", ready: ["n", "absent"])
    }

    private func run(
        _ name: String,
        data: String = #"{"n":1,"other":[2]}"#,
        only: Bool = false
    ) throws(LuaError) -> [PackedValue] {
        try bench.run { arguments in
            arguments.string(name)
            arguments.shaped(shape) { arguments in
                arguments.string("Placed")
                var data = data
                data.withUTF8 { bytes in
                    if only {
                        arguments.json(UnsafeRawBufferPointer(bytes), only: fields)
                    } else {
                        arguments.json(bytes)
                    }
                }
            } rest: { arguments in
                arguments.string("order-1")
                arguments.json(#"{"by":"a\nb"}"#.utf8)
                arguments.uuid(0x0190_a3f0_0000_7000, 0x8000_0000_0000_00ff)
                arguments.null()
            }
        }
    }

    private static let whole =
        #"{"data":{"n":1,"other":[2]},"id":"0190a3f0-0000-7000-8000-0000000000ff","#
        + #""meta":{"by":"a\nb"},"stream":"order-1","type":"Placed"}"#

    @Test func `members are there, the first ones and the others`() throws {
        #expect(try run("ready") == [.text("Placed"), .integer(1)])
        #expect(
            try run("rare") == [
                .text("order-1"), .text("a\nb"), .text("0190a3f0-0000-7000-8000-0000000000ff"), .null,
            ]
        )
        #expect(try run("twice") == [.bool(true), .bool(true)])
    }

    @Test func `what is still packed shows nowhere`() throws {
        #expect(try run("pairs") == [.text("data id meta stream type")])
        #expect(try run("next") == [.text("data")])
        #expect(try run("encode") == [.text(Self.whole), .text("[[\(Self.whole)]]")])
        #expect(try run("hand_out") == [.json(Array(Self.whole.utf8)[...])])
        #expect(try run("escapes") == [.text(#"["\n",\#(Self.whole),"\n"]"#)])
    }

    @Test func `what a script writes stays written`() throws {
        #expect(
            try run("write") == [
                .null, .integer(5), .text("0190a3f0-0000-7000-8000-0000000000ff"), .integer(6),
                .text(
                    #"{"data":{"n":1,"other":[2]},"id":"0190a3f0-0000-7000-8000-0000000000ff","#
                        + #""meta":5,"new":6,"type":"Placed"}"#
                ),
            ]
        )
        let error = #expect(throws: LuaError.self) { try run("insert") }
        #expect(error?.message.contains("with list elements and the key") == true)
    }

    @Test func `an object that a script keeps still has everything`() throws {
        _ = try run("keep")
        for _ in 0..<1_000 { _ = try run("ready") }
        #expect(try run("kept") == [.text("order-1"), .text("Placed")])
    }

    @Test func `a name that the shape doesn't have is an error at its line, with a hint`() throws {
        let error = #expect(throws: LuaError.self) { try run("misspelt") }
        let names = #"["type","data","stream","meta","id","tags"]"#
        #expect(error?.message == "an event has no field 'dat'; not dat of \(names)")
        #expect(error?.traceback.first == "app.lua:28 in function 'cases.misspelt'")
        let number = #expect(throws: LuaError.self) { try run("number") }
        #expect(number?.message == "an event has no field '1'; not 1 of \(names)")
        #expect(
            try run("inherit") == [
                .text("order-1"), .text("Placed"), .bool(false),
                .text("app.lua:25: an event has no field 'strem'; not strem of \(names)"),
            ]
        )
    }

    @Test func `the metatable is out of reach`() throws {
        let values = try run("metatable")
        #expect(values[0] == .bool(false))
        #expect(values[1] == .bool(false))
        #expect(values[2].text?.contains("protected metatable") == true)
    }

    @Test func `of declared fields only those are decoded, and asking for another one is an error`() throws {
        #expect(try run("declared", only: true) == [.integer(1), .null, .text(#"{"n":1}"#)])
        let error = #expect(throws: LuaError.self) { try run("undeclared", only: true) }
        #expect(error?.message == #"the fields have no 'other'; not other of ["n","absent"]"#)
    }

    @Test func `an object without a wanted member is an empty object`() throws {
        #expect(
            try run("declared", data: #"{"other":1,"x":[]}"#, only: true) == [.null, .null, .text("{}")]
        )
    }

    @Test(arguments: ["5", "null", "[1,{\"x\":2}]", "\"n\"", "[]"])
    func `data that is no object is what it is`(data: String) throws {
        let plain = try run("hand_out", data: data)
        #expect(try run("hand_out", data: data, only: true) == plain)
    }

    @Test(arguments: [
        #"{"a":{"b":[{},[],{"c":[1,-2.5e3,"\u00e9\ud83d\ude00",true,false,null]}]},"n":7}"#,
        #"{"n":1,"x":null,"n":7}"#,
        #"{"\u006e":7}"#,
        #"{"x":"\n","n":7,"y":18446744073709551615e0}"#,
    ])
    func `members that nobody wants are passed over whole`(data: String) throws {
        #expect(try run("declared", data: data, only: true) == [.integer(7), .null, .text(#"{"n":7}"#)])
    }

    @Test(arguments: [
        #"{"x":01}"#, #"{"x":1e999}"#, #"{"x":9223372036854775808}"#, #"{"x":"\ud800"}"#, #"{"x":"\q"}"#,
        #"{"x":[1,]}"#, #"{"x":{"a"}}"#, #"{"x":{"a":1,}}"#, #"{"x":nul}"#, #"{"x":"a"#, #"{"x":+1}"#,
        #"{"x":1} 2"#, #"{"x":-}"#, #"{"x":1.}"#, #"{"x":1e}"#, "{\"x\":\"\u{1}\"}",
        "{\"x\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
    ])
    func `members that nobody wants are checked like the others`(data: String) throws {
        let plain = #expect(throws: LuaError.self) { try run("ready", data: data) }
        let skipped = #expect(throws: LuaError.self) { try run("ready", data: data, only: true) }
        #expect(plain?.code == "script-bad-value")
        #expect(skipped?.message == plain?.message)
    }

    @Test func `a declaration may name many members`() throws {
        let names = (0..<500).map { "m\($0)" }
        let wide = bench.vm.declareShape(complaint: "no", ready: names)
        let data = "{" + names.map { "\"\($0)\":1,\"x\($0)\":2" }.joined(separator: ",") + "}"
        let values = try bench.run { arguments in
            arguments.string("hand_out")
            Array(data.utf8).withUnsafeBytes { arguments.json($0, only: wide) }
        }
        let sorted = "{" + names.sorted().map { "\"\($0)\":1" }.joined(separator: ",") + "}"
        #expect(values == [.json(Array(sorted.utf8)[...])])
    }
}
