import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct StateAndQueryRouteTests {
    @Test func `state is what the events fold to, now and at a position`() async throws {
        try await TestServer.run { server in
            let placed = try await server.post("/commands/order/42/place", #"{"total":5}"#)
            let now = try await server.get("/state/order/42")
            #expect(now.text == #"{"state":{"status":"placed","total":5},"revision":0}"#)
            let position = try #require(try placed.json["position"]?.integer)
            let before = try await server.get("/state/order/42?at=\(position - 1)")
            #expect(before.text == #"{"state":{"status":"new"},"revision":null}"#)
        }
    }

    @Test func `the state of an unknown aggregate is 404`() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/state/nothing/1")
            #expect(answer.status == 404)
            #expect(answer.code == "unknown-aggregate")
        }
    }

    @Test func `a query that waits for a position reads its own write`() async throws {
        try await TestServer.run { server in
            let placed = try await server.post("/commands/order/42/place", #"{"total":5}"#)
            let position = try #require(try placed.json["position"]?.integer)
            let answer = try await server.get("/queries/total?order=42&after=\(position)")
            #expect(answer.status == 200)
            #expect(try answer.json["result"] == ["total": 5])
            #expect(try #require(try answer.json["position"]?.integer) >= position)
        }
    }

    @Test func `a query that isn't caught up in time says so, with both positions`() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/queries/total?order=42&after=999&timeout=0")
            #expect(answer.status == 504)
            #expect(answer.code == "not-caught-up")
            #expect(try answer.json["after"] == 999)
        }
    }

    @Test(arguments: ["timeout=soon", "timeout=61", "after=x", "order=1&order=2"])
    func `a wrong parameter is refused`(query: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/queries/total?" + query)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-input")
        }
    }

    @Test func `an unknown query is 404 and names those that there are`() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/queries/nothing")
            #expect(answer.status == 404)
            #expect(answer.code == "unknown-query")
            #expect(try answer.json["hint"]?.string?.contains("total") == true)
        }
    }
}
