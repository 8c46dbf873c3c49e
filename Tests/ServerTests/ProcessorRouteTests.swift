import EventLog
import Runtime
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1)))
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

    @Test func `rebuilding says that it isn't there yet`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/processors/totals/rebuild")
            #expect(answer.status == 501)
            #expect(answer.code == "not-available")
        }
    }
}
