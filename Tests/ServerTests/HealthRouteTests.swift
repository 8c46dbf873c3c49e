import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct HealthRouteTests {
    @Test func `a host that lives says who it is, and that it is ready`() async throws {
        try await TestServer.run { server in
            let alive = try await server.get("/healthz")
            #expect(alive.status == 200)
            #expect(try alive.json["app"] == "shop")
            #expect(try alive.json["script_hash"] == .string(server.host.scripts.hash))
            #expect(try alive.json["log"] == .string(server.host.logID.description))
            let ready = try await server.get("/readyz")
            #expect(ready.status == 200)
            #expect(ready.text == #"{"status":"ready"}"#)
        }
    }

    @Test func `HEAD answers without a body`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send("HEAD", "/healthz", nil)
            #expect(answer.status == 200)
            #expect(answer.text.isEmpty)
        }
    }
}
