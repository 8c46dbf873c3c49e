import AsyncHTTPClient
import EventLog
import NIOCore
import NIOHTTP1
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct LiveRouteTests {
    /// Follows a live stream until `enough` says so of all that has come.
    private func follow(
        _ server: TestServer,
        _ path: String,
        headers: [(String, String)] = [],
        onOpen: () async throws -> Void = {},
        until enough: (String) -> Bool
    ) async throws -> String {
        var request = HTTPClientRequest(url: server.url + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        #expect(response.status == .ok)
        #expect(response.headers.first(name: "Content-Type") == "text/event-stream")
        try await onOpen()
        var text = ""
        for try await chunk in response.body {
            text += String(buffer: chunk)
            if enough(text) { break }
        }
        return text
    }

    private func ids(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

    @Test func `it catches up, then follows, without a gap or a double`() async throws {
        try await TestServer.run { server in
            for _ in 0..<600 { try await server.append("A", to: "x-1") }
            let text = try await follow(
                server,
                "/events/live",
                onOpen: { for _ in 0..<5 { try await server.append("B", to: "x-1") } },
                until: { $0.contains("id: 605\n") && $0.hasSuffix("\n\n") }
            )
            #expect(ids(in: text) == (1...605).map { String($0) })
        }
    }

    @Test func `an event carries its position, its type and the event object`() async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "x-1", "{\"a\":\n1}")
            let text = try await follow(server, "/events/live") { $0.hasSuffix("}\n\n") }
            #expect(
                text == ": alive\n\nid: 1\nevent: Began\n"
                    + #"data: {"position":1,"stream":"x-1","revision":0,"type":"Began","#
                    + #""id":"11112222-3333-8444-9555-000000000001","#
                    + #""time":"2026-08-01T09:30:00.000042Z","tags":[],"data":{"a":"# + "\ndata: "
                    + "1},\"meta\":{}}\n\n"
            )
        }
    }

    @Test func `Last-Event-ID resumes behind that event`() async throws {
        try await TestServer.run { server in
            for _ in 0..<4 { try await server.append("A", to: "x-1") }
            let text = try await follow(server, "/events/live", headers: [("Last-Event-ID", "2")]) {
                $0.contains("id: 4\n")
            }
            #expect(ids(in: text) == ["3", "4"])
        }
    }

    @Test func `from=end shows only what comes from then on`() async throws {
        try await TestServer.run { server in
            try await server.append("A", to: "x-1")
            let text = try await follow(
                server,
                "/events/live?from=end",
                onOpen: { try await server.append("B", to: "x-1") },
                until: { $0.contains("id: ") }
            )
            #expect(ids(in: text) == ["2"])
        }
    }

    @Test func `filters hold for what is there and for what comes`() async throws {
        try await TestServer.run { server in
            try await server.append("A", to: "x-1")
            try await server.append("A", to: "y-1")
            let text = try await follow(
                server,
                "/events/live?category=y",
                onOpen: {
                    try await server.append("B", to: "x-1")
                    try await server.append("B", to: "y-1")
                },
                until: { $0.contains("id: 4\n") }
            )
            #expect(ids(in: text) == ["2", "4"])
        }
    }

    @Test func `one stream can be followed alone`() async throws {
        try await TestServer.run { server in
            for stream in ["x-1", "x-2", "x-1"] { try await server.append("A", to: stream) }
            let text = try await follow(server, "/events/live?stream=x-1&from=2") { $0.contains("id: 3\n") }
            #expect(ids(in: text) == ["3"])
            let mixed = try await server.get("/events/live?stream=x-1&category=x")
            #expect(mixed.code == "invalid-input")
        }
    }

    @Test func `what comes soon after a write waits, and is written together`() async throws {
        let (pauses, paused) = AsyncStream<Void>.makeStream()
        let (permits, permit) = AsyncStream<Void>.makeStream()
        let clock = HostClock(
            now: { TestServer.time },
            sleep: { microseconds in
                guard microseconds == 777 else { return try await TestServer.untilCancelled() }
                paused.yield()
                for await _ in permits { return }
                throw CancellationError()
            }
        )
        try await TestServer.run(clock: clock, liveInterval: 777) { server in
            try await server.append("A", to: "x-1")
            let text = try await follow(
                server,
                "/events/live",
                onOpen: {
                    for await _ in pauses { break }
                    for _ in 0..<2 { try await server.append("B", to: "x-1") }
                    // One pause ends; if the two were written one by one, there would be another between.
                    permit.yield()
                },
                until: { $0.contains("id: 3\n") }
            )
            #expect(ids(in: text) == ["1", "2", "3"])
        }
    }

    @Test func `silence is broken by heartbeats`() async throws {
        let impatient = HostClock(now: { TestServer.time }, sleep: { _ in })
        try await TestServer.run(clock: impatient) { server in
            let text = try await follow(server, "/events/live") { $0.count > 40 }
            #expect(text.hasPrefix(": alive\n\n: alive\n\n: alive\n\n"))
        }
    }

    @Test func `a wrong Last-Event-ID is refused`() async throws {
        try await TestServer.run { server in
            let answer = try await server.get("/events/live", headers: [("Last-Event-ID", "x")])
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-input")
        }
    }

    @Test func `the stream ends when the server stops`() async throws {
        try await TestServer.run { server in
            let text = try await follow(
                server,
                "/events/live",
                onOpen: { await server.stop() },
                until: { _ in false }
            )
            #expect(text == ": alive\n\n")
        }
    }
}
