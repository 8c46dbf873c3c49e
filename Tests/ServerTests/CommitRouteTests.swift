import EventLog
import Runtime
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1)))
struct CommitRouteTests {
    @Test func `events on several streams become true together`() async throws {
        try await TestServer.run { server in
            let answer = try await server.post(
                "/commits",
                #"{"events":[{"stream":"a-1","type":"Began"},{"stream":"b-1","type":"Began","data":1}],"#
                    + #""conditions":[{"stream":"a-1","expected":"none"}]}"#
            )
            #expect(answer.status == 201)
            #expect(answer.text == #"{"position":2,"revision":0,"revisions":[0,0]}"#)
        }
    }

    @Test func `one condition that fails keeps everything out, and is named`() async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "a-1", tags: ["course:9"])
            let answer = try await server.post(
                "/commits",
                #"{"events":[{"stream":"b-1","type":"Began"}],"conditions":["#
                    + #"{"stream":"a-1","expected":0},{"query":{"tags":["course:9"]},"after":0}]}"#
            )
            #expect(answer.status == 409)
            #expect(answer.code == "condition-failed")
            #expect(try answer.json["condition"] == 1)
            #expect(try answer.json["position"] == 1)
            #expect(server.log.lastPosition == 1)
        }
    }

    @Test func `a query condition that holds lets the commit through`() async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "a-1", tags: ["course:9"])
            let answer = try await server.post(
                "/commits",
                #"{"events":[{"stream":"b-1","type":"Began"}],"#
                    + #""conditions":[{"query":{"types":["Began"],"tags":["course:9"]},"after":1}]}"#
            )
            #expect(answer.status == 201)
        }
    }

    @Test func `the same idempotency key commits once`() async throws {
        try await TestServer.run { server in
            let body = #"{"events":[{"stream":"a-1","type":"Began"}]}"#
            let first = try await server.post("/commits", body, headers: [("Idempotency-Key", "k")])
            let second = try await server.post("/commits", body, headers: [("Idempotency-Key", "k")])
            #expect(second.text == first.text)
            #expect(server.log.lastPosition == 1)
        }
    }

    @Test(arguments: [
        (#"{"events":[]}"#, "events"),
        (#"{"events":{}}"#, "events"),
        (#"{"events":[1]}"#, "events[0]"),
        (#"{"events":[{"stream":"a-1"}]}"#, "events[0].type"),
        (#"{"events":[{"stream":5,"type":"A"}]}"#, "events[0].stream"),
        (
            #"{"events":[{"stream":"a-1","type":"A"},{"stream":"a-1","type":"A","tags":"x"}]}"#,
            "events[1].tags"
        ),
        (
            #"{"events":[{"stream":"a-1","type":"A"}],"conditions":[{"stream":"a-1"}]}"#,
            "conditions[0].expected"
        ),
        (#"{"events":[{"stream":"a-1","type":"A"}],"conditions":[{"query":{}}]}"#, "conditions[0].after"),
        (#"{"events":[{"stream":"a-1","type":"A"}],"condition":[]}"#, "condition"),
    ])
    func `a wrong body is refused by the name of its field`(body: String, field: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/commits", body)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-input")
            #expect(try answer.json["field"] == .string(field))
            #expect(server.log.lastPosition == 0)
        }
    }
}
