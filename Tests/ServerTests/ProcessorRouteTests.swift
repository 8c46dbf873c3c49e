import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct ProcessorRouteTests {
    @Test func `every processor is listed with its status`() async throws {
        try await TestServer.run { server in
            let processors = try await server.get("/processors").json["processors"]?.array ?? []
            let fragile = try #require(processors.first { $0["name"] == "fragile" })
            #expect(fragile["kind"] == "handler")
            #expect(fragile["state"] == "running")
            #expect(fragile["parked"] == 0)
            #expect(fragile["lag_events"] == 0)
            #expect(fragile["last_failure"] == JSONValue.null)
            #expect(processors.contains { $0["name"] == "totals" && $0["kind"] == "projection" })
        }
    }

    @Test func `a processor can be paused and resumed`() async throws {
        try await TestServer.run { server in
            let paused = try await server.post("/processors/fragile/pause")
            #expect(paused.status == 200)
            #expect(try paused.json["state"] == "paused")
            let resumed = try await server.post("/processors/fragile/resume")
            #expect(try resumed.json["state"] == "running")
        }
    }

    @Test func `an unknown processor is 404`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/processors/frgile/pause")
            #expect(answer.status == 404)
            #expect(answer.code == "unknown-processor")
        }
    }

    @Test func `a projection's rows are built anew, once at a time`() async throws {
        try await TestServer.run { server in
            // Paused, so that it doesn't get through before it is looked at.
            let paused = try await server.post("/processors/totals/pause")
            #expect(try paused.json["generation"] == 1)
            #expect(try paused.json["rebuild"] == JSONValue.null)
            let begun = try await server.post("/processors/totals/rebuild")
            #expect(begun.status == 202)
            let progress = try #require(try begun.json["rebuild"])
            #expect(progress["generation"] == 2)
            #expect(progress["reason"] == "asked")
            #expect(progress["position"] == 0)
            #expect(progress["events_per_second"] == JSONValue.null)
            let again = try await server.post("/processors/totals/rebuild")
            #expect(again.status == 409)
            #expect(again.code == "rebuild-running")
            #expect(try again.json["processor"] == "totals")
            #expect(try again.json["generation"] == 2)
            let resumed = try await server.post("/processors/totals/resume")
            #expect(resumed.status == 200)
        }
    }

    @Test func `what keeps no rows can't be built anew`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/processors/fragile/rebuild")
            #expect(answer.status == 400)
            #expect(answer.code == "not-rebuildable")
        }
    }
}
