import Testing

@testable import Lua

@Suite("Values cross the border")
struct ValueTests {
    @Test func `every kind of value comes back as it went in`() throws {
        let bench = try Bench()
        let back = try bench.call("echo") { arguments in
            arguments.null()
            arguments.bool(true)
            arguments.bool(false)
            arguments.integer(.min)
            arguments.integer(.max)
            arguments.float(0.1)
            arguments.float(3)
            arguments.string("Grüße")
            arguments.string(bytes: [0, 255])
            arguments.json(Array(#"{"b":[1,2.0],"a":{}}"#.utf8))
        }
        #expect(
            back == [
                .null, .bool(true), .bool(false), .integer(.min), .integer(.max), .float(0.1), .float(3),
                .text("Grüße"), .string([0, 255]), .json(#"{"a":{},"b":[1,2.0]}"#),
            ]
        )
    }

    @Test func `an object with JSON inside becomes a plain table`() throws {
        let script = "function run(e) return e.type, e.data.total, e.tags[2], #e.tags, e.gone, e.none end"
        let back = try Bench(script).run { arguments in
            arguments.beginObject(4)
            arguments.key("type")
            arguments.string("OrderPlaced")
            arguments.key("data")
            arguments.json(Array(#"{"total":12}"#.utf8))
            arguments.key("tags")
            arguments.beginList(2)
            arguments.string("a")
            arguments.string("b")
            arguments.key("gone" as String)
            arguments.null()
        }
        #expect(back == [.text("OrderPlaced"), .integer(12), .text("b"), .integer(2), .null, .null])
    }

    @Test func `an empty list stays a list and a null in it stays`() throws {
        let back = try Bench().call("echo") { arguments in
            arguments.beginList(0)
            arguments.beginList(2)
            arguments.null()
            arguments.integer(1)
            arguments.beginObject(0)
        }
        #expect(back == [.json("[]"), .json("[null,1]"), .json("{}")])
    }

    @Test(arguments: ["function() end", "print", "{ f = function() end }"])
    func `what has no packed form is refused with a clear text`(value: String) {
        let error = Bench.failure("function run() return \(value) end")
        #expect(error?.kind == .conversion)
        #expect(error?.code == "script-bad-value")
        #expect(error?.message.contains("function") == true)
    }

    @Test func `arguments that are not valid JSON fail the call and not the VM`() throws {
        let bench = try Bench("function run() return 1 end")
        #expect(throws: LuaError.self) { try bench.call("echo") { $0.json(Array("{".utf8)) } }
        #expect(try bench.run() == [.integer(1)])
    }

    @Test func `no values is a result too`() throws {
        #expect(try Bench().call("echo").isEmpty)
    }
}
