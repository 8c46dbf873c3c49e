import EventLog
import Runtime
import Testing

@testable import perilune

/// What `--redact` takes out, and what it leaves.
@Suite struct RedactionTests {
    private static func event(
        _ stream: String,
        _ data: String,
        tags: String = "[]",
        meta: String = "{}"
    ) throws -> CapturedEvent {
        let body =
            #"{"position":1,"stream":"\#(stream)","revision":0,"type":"T","time":"t","tags":\#(tags),"#
            + #""data":\#(data),"meta":\#(meta)}"#
        return try #require(CapturedEvent(try JSONValue(parsing: body)))
    }

    @Test(arguments: [
        (#"{"email":"a@x","n":1}"#, #"{"email":"email-1","n":1}"#),
        (
            #"{"a":{"list":[{"email":"a@x"},{"email":"b@x"},{"email":"a@x"}]}}"#,
            #"{"a":{"list":[{"email":"email-1"},{"email":"email-2"},{"email":"email-1"}]}}"#
        ),
        (#"{"phone":4917,"n":4917}"#, #"{"n":4917,"phone":1}"#),
        (#"{"phone":[49.5,true,null,"x"]}"#, #"{"phone":[1.0,false,null,"phone-2"]}"#),
        (#"{"email":{"home":"a@x","work":"b@x"}}"#, #"{"email":{"home":"email-1","work":"email-2"}}"#),
        (
            #"{"email":"a@x","owner":"a@x","text":"to a@x"}"#,
            #"{"email":"email-1","owner":"email-1","text":"to a@x"}"#
        ),
        (#"{"mail":"a@x"}"#, #"{"mail":"a@x"}"#),
    ])
    func `values of named members are replaced, equal ones by equal ones`(data: String, wanted: String) throws
    {
        var redaction = Redaction(["email", "phone"])
        let events = redaction.redact([try Self.event("a-1", data)])
        #expect(try events[0].data.text() == wanted)
    }

    @Test func `what a stream, a tag or the meta say of a value goes too, also in earlier events`() throws {
        var redaction = Redaction(["customer"])
        let events = redaction.redact([
            try Self.event("account-ada", "{}", tags: #"["customer:ada","ada","vip:adam","a:b:ada"]"#),
            try Self.event("order-1-ada", #"{"customer":"ada"}"#, meta: #"{"who":"ada","schema":3}"#),
        ])
        #expect(events.map(\.stream) == ["account-customer-1", "order-1-ada"])
        #expect(events[0].tags == ["customer:customer-1", "customer-1", "vip:adam", "a:b:ada"])
        #expect(events[1].meta == ["who": .string("customer-1")])
        #expect(events[1].schema == 3)
    }

    @Test func `names that no event has are told`() throws {
        var redaction = Redaction(["email", "emial"])
        _ = redaction.redact([try Self.event("a-1", #"{"email":true}"#)])
        #expect(redaction.unused == ["emial"])
        var none = Redaction()
        let event = try Self.event("a-1", #"{"email":"a"}"#)
        #expect(none.redact([event]) == [event])
    }

    @Test func `the same events are redacted to the same`() throws {
        let events = try (1...50).map { try Self.event("a-\($0)", #"{"b":"v\#($0 % 7)","a":"w\#($0 % 5)"}"#) }
        var first = Redaction(["a", "b"])
        var second = Redaction(["b", "a"])
        #expect(first.redact(events) == second.redact(events))
    }
}
