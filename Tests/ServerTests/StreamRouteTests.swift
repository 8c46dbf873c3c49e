import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct StreamRouteTests {
    @Test func `one event or a list is appended, and answered with 201`() async throws {
        try await TestServer.run { server in
            let one = try await server.post("/streams/a-1", #"{"type":"Began"}"#)
            #expect(one.status == 201)
            #expect(one.text == #"{"position":1,"revision":0}"#)
            let two = try await server.post("/streams/a-1", #"[{"type":"Went"},{"type":"Ended"}]"#)
            #expect(two.text == #"{"position":3,"revision":2}"#)
        }
    }

    @Test func `an event reads back as it was written, byte by byte`() async throws {
        try await TestServer.run { server in
            let id = "0190a3f0-0000-7000-8000-000000000001"
            let data = #"{ "b": 1.50, "a": [] }"#
            let body = #"{"type":"Began","id":"\#(id)","tags":["x","y"],"meta":{"by":"me"},"data":\#(data)}"#
            _ = try await server.post("/streams/a-1", body)
            let page = try await server.get("/streams/a-1")
            #expect(page.status == 200)
            #expect(
                page.text
                    == #"{"events":[{"position":1,"stream":"a-1","revision":0,"type":"Began","id":"\#(id)","#
                    + #""time":"2026-08-01T09:30:00.000042Z","tags":["x","y"],"data":\#(data),"#
                    + #""meta":{"by":"me"}}],"#
                    + #""next":null}"#
            )
        }
    }

    @Test func `a stale expected revision is 409 with what was expected and what is, and nothing is written`()
        async throws
    {
        try await TestServer.run { server in
            try await server.append("Began", to: "a-1")
            let answer = try await server.post("/streams/a-1?expected=none", #"{"type":"Began"}"#)
            #expect(answer.status == 409)
            #expect(answer.code == "wrong-expected-revision")
            #expect(try answer.json["stream"] == "a-1")
            #expect(try answer.json["expected"] == "none")
            #expect(try answer.json["actual"] == 0)
            let number = try await server.post("/streams/b-1?expected=3", #"{"type":"Began"}"#)
            #expect(try number.json["expected"] == 3)
            #expect(try number.json["actual"] == JSONValue.null)
            #expect(server.log.lastPosition == 1)
        }
    }

    @Test(arguments: ["any", "exists", "0"])
    func `an expectation that holds lets the append through`(expected: String) async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "a-1")
            let answer = try await server.post("/streams/a-1?expected=\(expected)", #"{"type":"Went"}"#)
            #expect(answer.status == 201)
        }
    }

    @Test func `the same idempotency key appends once`() async throws {
        try await TestServer.run { server in
            let key = [("Idempotency-Key", "k")]
            let first = try await server.post("/streams/a-1", #"{"type":"Began"}"#, headers: key)
            let second = try await server.post("/streams/a-1", #"{"type":"Began"}"#, headers: key)
            #expect(first.status == 201)
            #expect(second.status == 201)
            #expect(second.text == first.text)
            #expect(server.log.lastPosition == 1)
        }
    }

    @Test func `a key of an append can't meet the key of a command`() async throws {
        try await TestServer.run { server in
            let key = [("Idempotency-Key", "k")]
            _ = try await server.post("/streams/a-1", #"{"type":"Began"}"#, headers: key)
            let command = try await server.post("/commands/order/1/place", #"{"total":1}"#, headers: key)
            #expect(command.status == 200)
        }
    }

    @Test(arguments: [#"{"by":"order.place","rule":"0"}"#, #"{"\u0072ule":null}"#])
    func `nobody outside says that scripts have decided an event`(meta: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/streams/a-1", #"{"type":"X","meta":\#(meta)}"#)
            #expect(answer.status == 403)
            #expect(answer.code == "host-meta")
            let events = #"{"events":[{"stream":"a-1","type":"X","meta":\#(meta)}]}"#
            #expect(try await server.post("/commits", events).code == "host-meta")
            #expect(server.log.lastPosition == 0)
            let own = #"{"type":"X","meta":{"by":"mara","causation":"mail 7","note":"as a rule"}}"#
            #expect(try await server.post("/streams/a-1", own).status == 201)
        }
    }

    @Test func `the host's own streams take no appends`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/streams/%24parked-1", #"{"type":"X"}"#)
            #expect(answer.status == 403)
            #expect(answer.code == "host-stream")
            let type = try await server.post("/streams/a-1", #"{"type":"$problem"}"#)
            #expect(type.status == 400)
            #expect(type.code == "invalid-name")
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `pages of a stream go by revision, in both directions`() async throws {
        try await TestServer.run { server in
            for type in ["A", "B", "C"] { try await server.append(type, to: "a-1") }
            try await server.append("X", to: "b-1")
            func page(_ query: String) async throws -> (types: [String?], next: Int64?) {
                let json = try await server.get("/streams/a-1?" + query).json
                return (json["events"]?.array?.map { $0["type"]?.string } ?? [], json["next"]?.integer)
            }
            #expect(try await page("limit=2") == (["A", "B"], 2))
            #expect(try await page("limit=2&from=2") == (["C"], nil))
            #expect(try await page("limit=2&direction=backwards") == (["C", "B"], 0))
            #expect(try await page("limit=2&direction=backwards&from=0") == (["A"], nil))
        }
    }

    @Test func `a stream without events is an empty page`() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/streams/nothing-here")
            #expect(answer.status == 200)
            #expect(answer.text == #"{"events":[],"next":null}"#)
        }
    }

    @Test func `a name with a slash that a script made can be read`() async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "file-a/b")
            let answer = try await server.get("/streams/file-a%2Fb")
            #expect(try answer.json["events"]?[0]?["stream"] == "file-a/b")
        }
    }
}
