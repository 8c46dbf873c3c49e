import EventLog
import Runtime
import Synchronization
import TestSupport
import Testing

@testable import Server

/// Why an event is in the log, and what other scripts would decide.
@Suite(.unlessItHangs)
struct ReplayRouteTests {
    private static func placed(_ server: TestServer) async throws {
        for (key, total) in [(1, 5), (2, 70)] {
            let answer = try await server.post("/commands/order/\(key)/place", #"{"total":\#(total)}"#)
            #expect(answer.status == 200)
        }
    }

    @Test func `an event is explained, by its position and by its revision`() async throws {
        try await TestServer.run { server in
            try await Self.placed(server)
            let answer = try await server.get("/why/2")
            #expect(answer.status == 200)
            let links = try answer.json["links"]
            #expect(links?[0]?["type"] == "OrderPlaced" && links?[0]?["origin"] == "step")
            #expect(links?[0]?["step"]?["by"] == "order.place")
            #expect(links?[1]?["origin"] == "command")
            #expect(links?[1]?["command"]?["asked"] == "place of order-1")
            #expect(links?[1]?["command"]?["arguments"] == ["total": 5])
            #expect(try await server.get("/why/order-1/0").json["links"] == links)
        }
    }

    @Test(arguments: [
        ("/why/99", 404, "unknown-event"), ("/why/0", 404, "unknown-event"),
        ("/why/order-1/7", 404, "unknown-event"), ("/why/order-1", 400, "invalid-input"),
        ("/why/order-1/last", 400, "invalid-input"),
        ("/why/18446744073709551615", 404, "unknown-event"),
        ("/why/order-1/18446744073709551615", 404, "unknown-event"),
    ])
    func `an event that isn't there is told so`(path: String, status: Int, code: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.get(path)
            #expect(answer.status == status)
            #expect(answer.code == code)
        }
    }

    private static func body(_ source: String, old: String? = nil) throws -> String {
        var members: [String: JSONValue] = ["files": ["app.lua": .string(source)]]
        if let old { members["old_files"] = ["app.lua": .string(old)] }
        return try JSONValue.object(members).text()
    }

    private static let cheaper = TestApp.source.replacing(
        "total = args.total })",
        with: "total = args.total // 2 })"
    )

    @Test func `scripts are compared with what is live, and nothing changes`() async throws {
        try await TestServer.run { server in
            try await Self.placed(server)
            let end = server.log.lastPosition
            let same = try await server.post("/scripts/diff", try Self.body(TestApp.source))
            #expect(same.status == 200)
            #expect(try same.json["same"] == true)
            let answer = try await server.post("/scripts/diff", try Self.body(Self.cheaper))
            #expect(try answer.json["same"] == false)
            #expect(try answer.json["decisions"]?["by"]?["order.place"]?["changed"] == 2)
            #expect(
                try answer.json["decisions"]?["first"]?[1]?["new"]?["events"]?[0]?["data"] == ["total": 35]
            )
            #expect(server.log.lastPosition == end)
        }
    }

    @Test func `the part that is looked at and the old scripts can be chosen`() async throws {
        try await TestServer.run { server in
            try await Self.placed(server)
            let body = try Self.body(Self.cheaper)
            let part = try await server.post("/scripts/diff?from=3&aggregate=order", body)
            #expect(try part.json["decisions"]?["changed"] == 1)
            let other = try await server.post("/scripts/diff?handler=fragile", body)
            #expect(try other.json["decisions"]?["changed"] == 0)
            let old = try Self.body(Self.cheaper, old: Self.cheaper)
            #expect(try await server.post("/scripts/diff", old).json["same"] == true)
            #expect(try await server.post("/scripts/diff?since=1h", body).json["decisions"]?["changed"] == 2)
        }
    }

    @Test func `what follows can be recomputed`() async throws {
        try await TestServer.run { server in
            try await Self.placed(server)
            let body = try Self.body(Self.cheaper)
            let answer = try await server.post("/scripts/diff?recomputed=true", body)
            #expect(try answer.json["downstream"] == "recomputed")
            #expect(try answer.json["decisions"]?["by"]?["order.place"]?["changed"] == 2)
            #expect(try answer.json["recomputed"]?["inputs"] == 2)
            let recorded = try await server.post("/scripts/diff?recomputed=false", body)
            #expect(try recorded.json["downstream"] == "recorded")
            #expect(try recorded.json["recomputed"] == nil)
            #expect(try await server.post("/scripts/diff?recomputed=1", body).code == "invalid-input")
        }
    }

    private static let inLines = [("Accept", "application/x-ndjson")]

    private static func lines(_ answer: TestAnswer) throws -> [JSONValue] {
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/x-ndjson")
        #expect(answer.text.hasSuffix("\n"))
        return try answer.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test(arguments: ["", "?recomputed=true"])
    func `a client that asks for lines is told how far it is, and then what differs`(
        parameters: String
    )
        async throws
    {
        try await TestServer.run { server in
            for number in 0..<1_500 { try await server.append("A", to: "x-\(number)") }
            try await Self.placed(server)
            let path = "/scripts/diff" + parameters
            let body = try Self.body(Self.cheaper)
            let lines = try Self.lines(try await server.post(path, body, headers: Self.inLines))
            let total = Int64(server.log.lastPosition)
            // Of amounts that come faster than they are read some may be left out, but not the last.
            #expect(lines.dropLast().allSatisfy { $0["progress"]?["total"] == .integer(total) })
            #expect(lines.dropLast().last?["progress"]?["done"] == .integer(total))
            #expect(lines.last?["diff"] == (try await server.post(path, body).json))
        }
    }

    @Test func `the work ends when a client that asked for lines leaves`() async throws {
        let log = InterceptedLog(over: MemoryLog(clock: { TestServer.time }))
        // Nothing new is told once the client has left; so it is told what it knows.
        let impatient = HostClock(now: { TestServer.time }, sleep: { _ in try Task.checkCancellation() })
        try await TestServer.run(clock: impatient, over: log) { server in
            for number in 0..<1_500 { try await server.append("A", to: "x-\(number)") }
            let (begins, begun) = AsyncStream<Void>.makeStream()
            let (ends, ended) = AsyncStream<Void>.makeStream()
            let reads = Mutex(0)
            log.failReads(with: nil) { request in
                guard request.filter == .all, request.after == 1_000 else { return false }
                // The first looks for the outcomes of steps; the second is in the midst of the steps.
                let count = reads.withLock { count in
                    count += 1
                    return count
                }
                guard count == 2 else { return false }
                begun.yield()
                while !Task.isCancelled {}
                ended.yield()
                return false
            }
            let body = try Self.body(Self.cheaper)
            let client = Task { try await server.post("/scripts/diff", body, headers: Self.inLines) }
            for await _ in begins { break }
            client.cancel()
            for await _ in ends { break }
            await #expect(throws: (any Error).self) { try await client.value }
        }
    }

    @Test func `scripts that can't be loaded are the last line`() async throws {
        try await TestServer.run { server in
            try await Self.placed(server)
            let answer = try await server.post("/scripts/diff", try Self.body("x ="), headers: Self.inLines)
            let lines = try Self.lines(answer)
            #expect(lines.last?["error"]?["code"] == "script-syntax")
            #expect(lines.last?["error"]?["status"] == 422)
            // What the request itself says wrong has its status as ever.
            let early = try await server.post("/scripts/diff", "{}", headers: Self.inLines)
            #expect(early.status == 400 && early.code == "invalid-input")
        }
    }

    @Test(arguments: [
        ("{}", 400, "invalid-input"), (#"{"files":5}"#, 400, "invalid-input"),
        (#"{"files":{"app.lua":5}}"#, 400, "invalid-input"), (#"{"files":{"b.lua":""}}"#, 422, "invalid-app"),
        (#"{"files":{"app.lua":"x ="}}"#, 422, "script-syntax"),
    ])
    func `scripts that can't be loaded are told so`(body: String, status: Int, code: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/scripts/diff", body)
            #expect(answer.code == code, "\(answer.text)")
            #expect(answer.status == status)
        }
    }
}
