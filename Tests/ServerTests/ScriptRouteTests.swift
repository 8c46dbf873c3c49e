import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

/// Rules as data, over HTTP.
@Suite(.unlessItHangs)
struct ScriptRouteTests {
    private static func body(_ text: String, note: String? = nil) throws -> String {
        var members: [String: JSONValue] = ["files": ["app.lua": .string(text)]]
        if let note { members["note"] = .string(note) }
        return try JSONValue.object(members).text()
    }

    @Test func `scripts are published, listed, read back and rolled back`() async throws {
        try await TestServer.run(recordsScripts: true) { server in
            let first = server.host.scripts.hash
            let text = TestApp.source.replacing("the order was placed before", with: "it was placed before")
            let published = try await server.post("/scripts", try Self.body(text, note: "other words"))
            #expect(published.status == 201)
            let answer = try published.json
            let second = try #require(answer["hash"]?.string)
            #expect(answer["parent"] == .string(first))
            #expect(answer["live"] == true)
            #expect(answer["changes"] == ["aggregate order"])
            #expect(answer["position"] == .integer(Int64(server.log.lastPosition)))

            let listed = try await server.get("/scripts").json
            #expect(listed["live"] == .string(second))
            #expect(listed["scripts"]?.array?.map { $0["hash"]?.string } == [first, second])
            #expect(listed["scripts"]?[1]?["note"] == "other words")
            let read = try await server.get("/scripts/\(second)").json
            #expect(read["files"] == ["app.lua": .string(text)])

            let back = try await server.post("/scripts/\(first.prefix(5))/activate", #"{"author":"ada"}"#)
            #expect(back.status == 201)
            #expect(server.host.scripts.hash == first)
            let newest = try await server.get("/scripts").json["scripts"]?[2]
            #expect(newest?["origin"] == "rollback" && newest?["author"] == "ada")
        }
    }

    @Test func `a check says what would change, and changes nothing`() async throws {
        try await TestServer.run(recordsScripts: true) { server in
            let before = server.log.lastPosition
            let text = TestApp.source + "\nquery \"two\" { run = function() return 2 end }"
            let answer = try await server.post("/scripts?check=true", try Self.body(text))
            #expect(answer.status == 200)
            #expect(try answer.json["changes"] == ["+ query two"])
            #expect(try answer.json["live"] == false)
            #expect(server.log.lastPosition == before)
        }
    }

    @Test func `the live set again is 200, and nothing is recorded`() async throws {
        try await TestServer.run(recordsScripts: true) { server in
            let before = server.log.lastPosition
            let answer = try await server.post("/scripts", try Self.body("-- more\n" + TestApp.source))
            #expect(answer.status == 200)
            #expect(try answer.json["hash"] == answer.json["parent"])
            #expect(server.log.lastPosition == before)
        }
    }

    @Test func `what is wrong is a 422 with each failure, its file and line`() async throws {
        try await TestServer.run(recordsScripts: true) { server in
            let before = server.host.scripts.hash
            let answer = try await server.post("/scripts", try Self.body("query 'q' {\n  run = 1\n}"))
            #expect(answer.status == 422)
            #expect(answer.code == "publish-refused")
            let failure = try #require(try answer.json["failures"]?[0])
            #expect(failure["file"] == "app.lua" && failure["line"] == 1)
            #expect(try answer.json["text"]?.string?.contains("app.lua:1") == true)
            #expect(server.host.scripts.hash == before)
        }
    }

    @Test(arguments: [
        (#"{}"#, "files"), (#"{"files":{"app.lua":1}}"#, "files"), (#"{"files":{"a.txt":""}}"#, "files"),
        (#"{"files":{"app.lua":""},"nota":"x"}"#, "nota"), (#"{"files":{"app.lua":""},"note":1}"#, "note"),
    ])
    func `a body of another shape is refused by the name of its member`(
        body: String,
        field: String
    )
        async throws
    {
        try await TestServer.run { server in
            let answer = try await server.post("/scripts", body)
            #expect(answer.status == 400)
            #expect(try answer.json["field"] == .string(field))
        }
    }

    @Test func `a hash that nobody knows is 404`() async throws {
        try await TestServer.run(recordsScripts: true) { server in
            for answer in [
                try await server.get("/scripts/ffff"), try await server.post("/scripts/ffff/activate"),
            ] {
                #expect(answer.status == 404)
                #expect(answer.code == "unknown-scripts")
            }
        }
    }
}
