import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct EventRouteTests {
    /// The types on a page, and where the next one begins.
    private struct Page: Equatable {
        var types: [String]
        var next: Int64?
    }

    private func page(_ server: TestServer, _ query: String) async throws -> Page {
        let json = try await server.get("/events?" + query).json
        return Page(
            types: (json["events"]?.array ?? []).compactMap { $0["type"]?.string },
            next: json["next"]?.integer
        )
    }

    private func filled(_ body: @Sendable @escaping (TestServer) async throws -> Void) async throws {
        try await TestServer.run { server in
            try await server.append("A", to: "x-1")
            try await server.append("B", to: "y-1", tags: ["t:1"])
            try await server.append("C", to: "x-2", tags: ["t:1", "u:2"])
            try await server.append("A", to: "y-1")
            try await body(server)
        }
    }

    @Test func `pages go by position, and next leads from one to the other`() async throws {
        try await filled { (server) async throws in
            #expect(try await page(server, "limit=3") == Page(types: ["A", "B", "C"], next: 4))
            #expect(try await page(server, "limit=3&from=4") == Page(types: ["A"], next: nil))
            #expect(try await page(server, "limit=4") == Page(types: ["A", "B", "C", "A"], next: nil))
            #expect(try await page(server, "from=0&limit=1") == Page(types: ["A"], next: 2))
            #expect(try await page(server, "from=end") == Page(types: [], next: nil))
        }
    }

    @Test func `backwards begins with the newest`() async throws {
        try await filled { (server) async throws in
            let first = try await page(server, "direction=backwards&limit=3")
            #expect(first == Page(types: ["A", "C", "B"], next: 1))
            let last = try await page(server, "direction=backwards&limit=3&from=1")
            #expect(last == Page(types: ["A"], next: nil))
        }
    }

    @Test func `filters by category, type and tag can be combined`() async throws {
        try await filled { (server) async throws in
            #expect(try await page(server, "category=x").types == ["A", "C"])
            #expect(try await page(server, "type=A&type=B").types == ["A", "B", "A"])
            #expect(try await page(server, "tag=t:1").types == ["B", "C"])
            #expect(try await page(server, "tag=t%3A1&tag=u:2").types == ["C"])
            #expect(try await page(server, "category=y&type=A").types == ["A"])
        }
    }

    @Test func `since takes a time or a duration before now`() async throws {
        try await filled { (server) async throws in
            #expect(try await page(server, "since=0s").types.count == 4)
            #expect(try await page(server, "since=2026-08-01T09:30:00.000042Z").types.count == 4)
            #expect(try await page(server, "since=2026-08-01T09:30:00.000043Z").types.isEmpty)
            #expect(try await page(server, "since=1h&direction=backwards&limit=4").types.count == 4)
            #expect(try await page(server, "since=2026-08-02T00:00:00Z&direction=backwards").types.isEmpty)
        }
    }

    @Test(arguments: [
        ("limit=0", "limit"), ("limit=10001", "limit"), ("limit=ten", "limit"), ("from=-1", "from"),
        ("from=18446744073709551616", "from"), ("direction=up", "direction"), ("since=tomorrow", "since"),
        ("form=3", "form"), ("from=1&from=2", "from"), ("category=%ff", "category"),
    ])
    func `a wrong parameter is refused by its name`(query: String, field: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/events?" + query)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-input")
            #expect(try answer.json["field"] == .string(field))
        }
    }

    @Test func `the first position since a time is found among commits of different times`() async throws {
        let ticks = Ticks()
        let log = MemoryLog(clock: { ticks.next() })
        for _ in 0..<20 {
            _ = try await log.commit(
                NewFrame(events: [NewEvent(stream: try StreamName("a-1"), type: "A")])
            )
        }
        let host = try await TestApp.start(over: log)
        #expect(try host.firstPosition(notBefore: 0) == 1)
        #expect(try host.firstPosition(notBefore: 10) == 1)
        #expect(try host.firstPosition(notBefore: 11) == 2)
        #expect(try host.firstPosition(notBefore: 100) == 10)
        #expect(try host.firstPosition(notBefore: 201) == 21)
        await host.stop()
    }

    @Test func `a page ends early when it is large enough`() async throws {
        try await TestServer.run { server in
            let megabyte = "\"" + String(repeating: "x", count: (1 << 20) - 2) + "\""
            for _ in 0..<10 { try await server.append("Big", to: "a-1", megabyte) }
            let first = try await page(server, "limit=100")
            #expect(first.types.count == 8)
            #expect(first.next == 9)
        }
    }
}
