import EventLog
import Runtime
import Testing

@testable import Server

/// Why an event is in the log, and what other scripts would decide.
@Suite(.timeLimit(.minutes(1)))
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

    @Test func `scripts whose steps never end are told so`() async throws {
        try await TestServer.run { server in
            try await Self.placed(server)
            let circle = """

                handler "ping" { on = { "order.OrderPlaced", "circle.*" },
                  run = function(e) emit("circle-1", "Turned", {}) end }
                """
            let answer = try await server.post(
                "/scripts/diff?recomputed=true",
                try Self.body(TestApp.source + circle)
            )
            #expect(answer.status == 422)
            #expect(answer.code == "flow-without-end")
            #expect(answer.text.contains("ping on circle.Turned"))
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
