import EventLog
import NIOCore
import Runtime
import TestSupport
import Testing

@testable import Server

/// What a careless or hostile client sends: each way gives a problem document with a stable code, and writes
/// nothing.
@Suite(.unlessItHangs)
struct BadInputTests {
    @Test func `an unknown route and a wrong method are problem documents`() async throws {
        try await TestServer.run { server in
            let unknown = try await server.get("/nothing")
            #expect(unknown.status == 404)
            #expect(unknown.code == "not-found")
            let wrong = try await server.send("DELETE", "/streams/a-1", nil)
            #expect(wrong.status == 405)
            #expect(wrong.code == "method-not-allowed")
            #expect(wrong.header("Allow") == "GET, POST")
        }
    }

    @Test(arguments: [
        "a%2Fb", "..", "%2e%2e", "..%2F..%2Fetc", "%00", "a%00b", "%5C", "%0A",
        String(repeating: "a", count: 256),
    ])
    func `a name that can't be used is refused`(name: String) async throws {
        try await TestServer.run { server in
            for path in ["/commands/order/\(name)/place", "/commands/\(name)/1/place", "/streams/\(name)"] {
                let answer = try await server.post(path, #"{"type":"A"}"#)
                #expect(answer.status == 400)
                #expect(answer.code == "invalid-name")
            }
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test(arguments: ["/commands/order//place", "/streams/", "//streams/a-1", "/commands//42/place"])
    func `an empty name is refused`(path: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post(path, #"{"type":"A"}"#)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-name")
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test(arguments: [
        ("", 0), ("{", 1), (#"{"type":}"#, 8), (#"{"type":"A"} x"#, 13), ("{\"type\":\"A\u{1}\"}", 10),
        ("nul", 3),
    ])
    func `broken JSON is refused with the place of the fault`(body: String, place: Int64) async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/streams/a-1", body)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-json")
            #expect(try answer.json["offset"] == .integer(place))
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test(arguments: [
        ("5", "body"), ("[5]", "[0]"), (#"{"type":5}"#, "type"), (#"{"data":{}}"#, "type"),
        (#"{"type":"A","tags":[1]}"#, "tags"), (#"{"type":"A","meta":[]}"#, "meta"),
        (#"{"type":"A","id":"7"}"#, "id"), (#"{"type":"A","stream":"b-1"}"#, "stream"),
        (#"[{"type":"A"},{"type":null}]"#, "[1].type"), ("[]", "body"),
    ])
    func `a wrong type is refused by the name of its field`(body: String, field: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/streams/a-1", body)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-input")
            #expect(try answer.json["field"] == .string(field))
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `a body of 5 MB is refused, and the connection can be used again`() async throws {
        try await TestServer.run { server in
            let body = ByteBuffer(repeating: UInt8(ascii: "x"), count: 5_000_000)
            for _ in 0..<3 {
                let answer = try await server.send("POST", "/streams/a-1", body)
                #expect(answer.status == 413)
                #expect(answer.code == "body-too-large")
            }
            #expect(try await server.get("/healthz").status == 200)
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `the largest body that is allowed gets through to the limits of the log`() async throws {
        try await TestServer.run { server in
            let text = String(repeating: "x", count: (1 << 20) + 1)
            let answer = try await server.post("/streams/a-1", #"{"type":"A","data":"\#(text)"}"#)
            #expect(answer.status == 413)
            #expect(answer.code == "limit-exceeded")
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `CloudEvents are refused by name as long as they aren't read`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post(
                "/streams/a-1",
                "{}",
                headers: [("Content-Type", "application/cloudevents+json")]
            )
            #expect(answer.status == 415)
            #expect(answer.code == "unsupported-media-type")
        }
    }
}
