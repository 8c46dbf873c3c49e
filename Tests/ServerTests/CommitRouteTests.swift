import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
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

    @Test func `of many that ask for the same, one gets through`() async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "a-1", tags: ["course:9"])
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let event = #"{"stream":"seat-\#(number)","type":"Taken","tags":["course:9"]}"#
                        let condition = #"{"query":{"types":["Taken"],"tags":["course:9"]},"after":1}"#
                        let body = #"{"events":[\#(event)],"conditions":[\#(condition)]}"#
                        return try await server.post("/commits", body).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 201 } == 1 && statuses.count { $0 == 409 } == 19)
            #expect(server.log.lastPosition == 2)
        }
    }

    @Test(arguments: [
        (#"{"query":{"types":["Began"]},"after":0}"#, "condition-failed"),
        (#"{"query":{"types":["Ended","Began"],"tags":["course:9"]},"after":0}"#, "condition-failed"),
        (#"{"query":{"category":"a"},"after":0}"#, "condition-failed"),
        (#"{"query":{},"after":0}"#, "condition-failed"),
        (#"{"stream":"a-1","expected":"none"}"#, "wrong-expected-revision"),
        (#"{"stream":"a-2","expected":"exists"}"#, "wrong-expected-revision"),
        (#"{"stream":"a-1","expected":1}"#, "wrong-expected-revision"),
        (#"{"query":{"types":["Ended"]},"after":0}"#, ""),
        (#"{"query":{"types":["Began"],"tags":["course:9","x"]},"after":0}"#, ""),
        (#"{"query":{"types":["Began"],"category":"b"},"after":0}"#, ""),
        (#"{"query":{},"after":1}"#, ""),
        (#"{"stream":"a-1","expected":0}"#, ""),
        (#"{"stream":"a-2","expected":"none"}"#, ""),
    ])
    func `a condition holds or doesn't`(condition: String, code: String) async throws {
        try await TestServer.run { server in
            try await server.append("Began", to: "a-1", tags: ["course:9"])
            let answer = try await server.post(
                "/commits",
                #"{"events":[{"stream":"b-1","type":"X"},{"stream":"b-1","type":"X"}],"#
                    + #""conditions":[\#(condition)]}"#
            )
            #expect(answer.status == (code.isEmpty ? 201 : 409))
            if !code.isEmpty { #expect(answer.code == code) }
            #expect(server.log.lastPosition == (code.isEmpty ? 3 : 1))
        }
    }

    @Test func `a key that committed answers again, also when its conditions no longer hold`() async throws {
        try await TestServer.run { server in
            let body =
                #"{"events":[{"stream":"a-1","type":"Began"}],"#
                + #""conditions":[{"stream":"a-1","expected":"none"}]}"#
            let first = try await server.post("/commits", body, headers: [("Idempotency-Key", "k")])
            #expect(first.status == 201)
            #expect(try await server.post("/commits", body).status == 409)
            let again = try await server.post("/commits", body, headers: [("Idempotency-Key", "k")])
            #expect(again.text == first.text)
            let other = body.replacing("Began", with: "Ended")
            let reused = try await server.post("/commits", other, headers: [("Idempotency-Key", "k")])
            #expect(reused.code == "idempotency-key-reused")
            #expect(server.log.lastPosition == 1)
        }
    }

    @Test func `a key that was refused can be used again`() async throws {
        try await TestServer.run { server in
            let event = #"{"stream":"b-1","type":"Began"}"#
            let refused = #"{"events":[\#(event)],"conditions":[{"stream":"a-1","expected":"exists"}]}"#
            let key = [("Idempotency-Key", "k")]
            let first = try await server.post("/commits", refused, headers: key)
            let second = try await server.post("/commits", #"{"events":[\#(event)]}"#, headers: key)
            #expect(first.status == 409 && second.status == 201)
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
        (
            #"{"events":[{"stream":"a-1","type":"A"}],"conditions":[{"query":{"type":"B"},"after":0}]}"#,
            "conditions[0].query.type"
        ),
        (
            #"{"events":[{"stream":"a-1","type":"A"}],"conditions":[{"query":{},"after":0,"stream":"a-1"}]}"#,
            "conditions[0].stream"
        ),
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
