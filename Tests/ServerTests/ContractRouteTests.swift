import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

/// Events that the app declares, appended from outside.
@Suite(.unlessItHangs)
struct ContractRouteTests {
    @Test func `an event that breaks its contract is a 422 that names the field, and nothing is written`()
        async throws
    {
        try await TestServer.run { server in
            let answer = try await server.post(
                "/commits",
                #"{"events":[{"stream":"a-1","type":"Began"},"#
                    + #"{"stream":"jar-1","type":"Filled","data":{"lines":[{"price":5},{"price":"5"}]}}]}"#
            )
            #expect(
                answer.text
                    == #"{"type":"urn:perilune:problem:contract-violation","title":"contract violation","#
                    + #""detail":"Filled of jar-1: data.lines[1].price must be an integer, it is a string","#
                    + #""code":"contract-violation","#
                    + #""hint":"`event \"Filled\"` in the app's scripts says what it must be","status":422,"#
                    + #""event":1,"field":"data.lines[1].price","stream":"jar-1"}"#
            )
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test(arguments: [
        (#"{"type":"Filled"}"#, "data.lines"), (#"{"type":"Filled","data":5}"#, "data"),
        (#"{"type":"Filled","data":{"linse":[]}}"#, "data.linse"),
        (#"[{"type":"Filled","data":{"lines":[],"note":1}}]"#, "data.note"),
        (#"{"type":"Filled","data":{"lines":[]},"meta":{"schema":3}}"#, "meta.schema"),
    ])
    func `an append to a stream is checked too`(body: String, field: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.post("/streams/jar-1", body)
            #expect(answer.status == 422)
            #expect(answer.code == "contract-violation")
            #expect(try answer.json["field"]?.string == field)
            #expect(server.log.lastPosition == 0)
        }
    }

    @Test func `what is appended is shown as it was recorded, with its version`() async throws {
        try await TestServer.run { server in
            for body in [
                #"{"type":"Filled","data":{ "lines":[] ,"more":1}}"#,
                #"{"type":"Filled","data":{"price":7},"meta":{"schema":1}}"#,
            ] {
                #expect(try await server.post("/streams/jar-1", body).status == 201)
            }
            let events = try await server.get("/streams/jar-1").text
            #expect(events.contains(#""data":{ "lines":[] ,"more":1},"meta":{"schema":2}"#), "\(events)")
            #expect(events.contains(#""data":{"price":7},"meta":{"schema":1}"#), "\(events)")
        }
    }
}
