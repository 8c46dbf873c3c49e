import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct ParkedRouteTests {
    /// A server on which the handler has parked the event that it can't bear; `body` gets its position.
    private func withParked(
        _ body: @Sendable @escaping (TestServer, Int64) async throws -> Void
    ) async throws {
        try await TestServer.run { server in
            _ = try await server.post("/commands/order/1/place", #"{"total":13}"#)
            var parked: [JSONValue] = []
            while parked.isEmpty {
                parked = try await server.get("/parked").json["parked"]?.array ?? []
                await Task.yield()
            }
            try await body(server, try #require(parked[0]["position"]?.integer))
        }
    }

    @Test func `a parked event is listed with its failure in full`() async throws {
        try await withParked { server, position in
            let answer = try await server.get("/parked?processor=fragile")
            let event = try #require(try answer.json["parked"]?[0])
            #expect(event["position"] == .integer(position))
            #expect(event["processor"] == "fragile")
            #expect(event["stream"] == "order-1")
            #expect(event["type"] == "OrderPlaced")
            #expect(event["attempts"] == 1)
            #expect(event["behind"] == JSONValue.null)
            #expect(event["failure"]?["file"] == "app.lua")
            #expect(event["failure"]?["line"] == 18)
            #expect(event["failure"]?["text"]?.string?.contains("unlucky") == true)
            #expect(try await server.get("/parked?processor=other").json["code"] == "unknown-processor")
        }
    }

    @Test func `retrying with other data mends it`() async throws {
        try await withParked { server, position in
            let again = try await server.post("/parked/\(position)/retry")
            #expect(again.status == 200)
            #expect(try again.json["failed"]?[0]?["position"] == .integer(position))
            #expect(try again.json["retried"] == [])
            let mended = try await server.post("/parked/\(position)/retry", #"{"data":{"total":12}}"#)
            #expect(try mended.json["retried"] == [.integer(position)])
            #expect(try await server.get("/parked").json["parked"] == [])
        }
    }

    @Test func `skipping gives it up`() async throws {
        try await withParked { server, position in
            let answer = try await server.post("/parked/\(position)/skip")
            #expect(try answer.json["skipped"] == [.integer(position)])
            #expect(try await server.get("/parked").json["parked"] == [])
        }
    }

    @Test func `all parked events can be retried at once`() async throws {
        try await withParked { server, position in
            let answer = try await server.post("/parked/retry?processor=fragile")
            #expect(try answer.json["failed"]?[0]?["position"] == .integer(position))
        }
    }

    @Test func `a position where nothing is parked is 404, and one that is no number 400`() async throws {
        try await TestServer.run { server in
            let unknown = try await server.post("/parked/7/retry")
            #expect(unknown.status == 404)
            #expect(unknown.code == "unknown-parked")
            let wrong = try await server.post("/parked/seven/skip")
            #expect(wrong.status == 400)
            #expect(wrong.code == "invalid-input")
            let stranger = try await server.post("/parked/7/retry", #"{"dta":1}"#)
            #expect(stranger.code == "invalid-input")
        }
    }
}
