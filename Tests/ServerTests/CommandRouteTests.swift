import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct CommandRouteTests {
    @Test func `an accepted command answers with its position, revision and events`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/commands/order/42/place", #"{"total":5}"#)
            let json = try answer.json
            #expect(answer.status == 200)
            #expect(json["outcome"] == "accepted")
            #expect(json["revision"] == 0)
            #expect(json["events"]?.array?.count == 1)
            #expect(json["events"]?[0]?["stream"] == "order-42")
            #expect(json["events"]?[0]?["type"] == "OrderPlaced")
            #expect(json["events"]?[0]?["data"] == ["total": 5])
            #expect(json["events"]?[0]?["time"] == "2026-08-01T09:30:00.000042Z")
            #expect(json["position"] == json["events"]?[0]?["position"])
        }
    }

    @Test func `a refusal is 422 with the code of the script, and appends nothing to the stream`()
        async throws
    {
        try await TestServer.run { server in
            _ = try await server.post("/commands/order/42/place", #"{"total":5}"#)
            let answer = try await server.post("/commands/order/42/place", #"{"total":6}"#)
            #expect(answer.status == 422)
            #expect(answer.code == "already-placed")
            #expect(try answer.json["title"] == "refused")
            #expect(try answer.json["type"] == "urn:perilune:problem:refused")
            #expect(try answer.json["detail"] == "the order was placed before")
            #expect(try server.host.revision(of: try StreamName("order-42")) == 0)
        }
    }

    @Test(arguments: [("none", 409), ("0", 409), ("1", 200), ("2", 409), ("exists", 200), ("any", 200)])
    func `a command is decided only on what its caller expects`(expected: String, status: Int) async throws {
        try await TestServer.run { server in
            try await server.append("Noted", to: "order-42")
            try await server.append("Noted", to: "order-42")
            let key = [("Idempotency-Key", "k")]
            let path = "/commands/order/42/place"
            let answer = try await server.post(path + "?expected=" + expected, #"{"total":5}"#, headers: key)
            #expect(answer.status == status)
            if status == 409 {
                #expect(answer.code == "wrong-expected-revision")
                #expect(try answer.json["actual"] == 1)
                #expect(server.log.lastPosition == 2)
                // Nothing was recorded under the key.
                #expect(try await server.post(path, #"{"total":5}"#, headers: key).status == 200)
            }
            // Decided once, and answered for ever, whatever is expected by now.
            let again = try await server.post(path + "?expected=none", #"{"total":5}"#, headers: key)
            #expect(again.status == 200)
        }
    }

    @Test func `what can't be expected is named`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/commands/order/42/place?expected=some", "{}")
            #expect(answer.status == 400)
            #expect(try answer.json["field"] == "expected")
        }
    }

    @Test func `the same idempotency key gets the same answer, and decides once`() async throws {
        try await TestServer.run { server in
            let key = [("Idempotency-Key", "attempt-1")]
            let first = try await server.post("/commands/order/42/place", #"{"total":5}"#, headers: key)
            let second = try await server.post("/commands/order/42/place", #"{"total":5}"#, headers: key)
            #expect(first.status == 200)
            #expect(second.text == first.text)
            #expect(try server.host.revision(of: try StreamName("order-42")) == 0)
        }
    }

    @Test func `an idempotency key that can't be kept is refused`() async throws {
        try await TestServer.run { server in
            let long = String(repeating: "k", count: 201)
            for key in [long, "caf\u{e9}"] {
                let answer = try await server.post(
                    "/commands/order/42/place",
                    "{}",
                    headers: [("Idempotency-Key", key)]
                )
                #expect(answer.status == 400)
                #expect(answer.code == "invalid-input")
                #expect(try answer.json["field"] == "Idempotency-Key")
            }
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `the correlation id is echoed, on a problem too, and kept with the event`() async throws {
        try await TestServer.run { server in
            let header = [("X-Correlation-Id", "talk-7")]
            let accepted = try await server.post("/commands/order/42/place", #"{"total":5}"#, headers: header)
            let refused = try await server.post("/commands/order/42/place", #"{"total":5}"#, headers: header)
            #expect(accepted.header("X-Correlation-Id") == "talk-7")
            #expect(refused.header("X-Correlation-Id") == "talk-7")
            #expect(try accepted.json["events"]?[0]?["meta"]?["correlation"] == "talk-7")
        }
    }

    @Test func `an unknown aggregate or command is 404 and names the nearest one`() async throws {
        try await TestServer.run { server in
            let aggregate = try await server.post("/commands/ordr/42/place", "{}")
            #expect(aggregate.status == 404)
            #expect(aggregate.code == "unknown-aggregate")
            let command = try await server.post("/commands/order/42/plac", "{}")
            #expect(command.status == 404)
            #expect(command.code == "unknown-command")
            #expect(try command.json["hint"]?.string?.contains("place") == true)
        }
    }

    @Test func `a script that fails is 500 with its place, and leaves nothing`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/commands/order/42/explode", "{}")
            #expect(answer.status == 500)
            #expect(try answer.json["file"] == "app.lua")
            #expect(try answer.json["line"] == 8)
            #expect(try answer.json["text"]?.string?.contains("boom") == true)
            #expect(try server.host.revision(of: try StreamName("order-42")) == nil)
        }
    }

    @Test func `arguments must be an object, and an empty body is one`() async throws {
        try await TestServer.run { server in
            let list = try await server.post("/commands/order/42/place", "[1]")
            #expect(list.status == 400)
            #expect(list.code == "invalid-input")
            let empty = try await server.post("/commands/order/42/place")
            #expect(empty.status == 200)
        }
    }
}
