import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs)
struct SameOriginTests {
    @Test(arguments: ["https://evil.example", "http://127.0.0.1:1", "null"])
    func `a foreign page can't have its reader's browser write`(origin: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post(
                "/streams/a-1",
                #"{"type":"A"}"#,
                headers: [("Origin", origin)]
            )
            #expect(answer.status == 403)
            #expect(try answer.json["code"] == "cross-origin")
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `the host's own pages and programs can write`() async throws {
        try await TestServer.run { server in
            let own = [("Origin", server.url)]
            let answer = try await server.post("/streams/a-1", #"{"type":"A"}"#, headers: own)
            #expect(answer.status == 201)
            #expect(try await server.post("/streams/a-1", #"{"type":"A"}"#).status == 201)
        }
    }

    @Test func `a foreign page's reads are the browser's to refuse`() async throws {
        try await TestServer.run { server in
            let answer = try await server.send("GET", "/healthz", nil, [("Origin", "https://evil.example")])
            #expect(answer.status == 200)
        }
    }
}
