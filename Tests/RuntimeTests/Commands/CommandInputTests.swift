import EventLog
import Runtime
import TestSupport
import Testing

@Suite struct CommandInputTests {
    @Test(arguments: [
        (
            "counte-1 add", "unknown-aggregate", #"the app has no aggregate "counte""#,
            #"did you mean "counter"?"#
        ),
        ("invoice-1 add", "unknown-aggregate", #"the app has no aggregate "invoice""#, "it declares counter"),
        (
            "counter-1 ad", "unknown-command", #"aggregate counter has no command "ad""#,
            #"did you mean "add"?"#
        ),
        (
            "counter-1 remove", "unknown-command", #"aggregate counter has no command "remove""#,
            "it declares add, fail, nothing"
        ),
    ])
    func `an unknown name is refused with the one that was meant`(
        command: String,
        code: String,
        text: String,
        hint: String
    ) async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute(command) }
            #expect(error?.code == code)
            #expect(error?.description == text)
            #expect(error?.hint == hint)
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: [
        ("[1]", "the arguments of a command are a JSON object"),
        ("5", "the arguments of a command are a JSON object"),
        (#""text""#, "the arguments of a command are a JSON object"),
        ("null", "the arguments of a command are a JSON object"),
    ])
    func `arguments that are no object are refused`(arguments: String, text: String) async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("counter-1 add", arguments)
            }
            #expect(error?.code == "invalid-input")
            #expect(error?.description == text)
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: ["{", #"{"amount":}"#, #"{"amount":1}x"#, "{\"a\":\"\u{1}\"}", "NaN"])
    func `arguments that are no JSON are refused`(arguments: String) async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("counter-1 add", arguments)
            }
            #expect(error?.code == "invalid-input")
            #expect(error?.description.hasPrefix("the arguments are not valid JSON: ") == true)
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: [
        ("", "invalid-input"),
        ("a\u{0}b", "invalid-name"),
        ("a\nb", "invalid-name"),
        (String(repeating: "k", count: 250), "invalid-name"),
    ])
    func `a key that can't be part of a stream's name is refused`(key: String, code: String) async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.execute(Command(aggregate: "counter", key: key, name: "add"))
            }
            #expect(error?.code == code)
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: ["a-b", "ünï", "a b", "../x", "a.b*"])
    func `a key may hold whatever a stream's name may`(key: String) async throws {
        try await withHost(Apps.counter) { fixture in
            _ = try await fixture.host.execute(Command(aggregate: "counter", key: key, name: "add"))
            #expect(try fixture.events() == [#"counter-\#(key) Added {"amount":1}"#])
            let view = try await fixture.host.state(aggregate: "counter", key: key)
            #expect(String(decoding: view.state, as: UTF8.self) == #"{"value":1}"#)
        }
    }

    @Test(arguments: [
        "", "with space", "quo\"te", "back\\slash", "ünï", String(repeating: "c", count: 129),
    ])
    func `a correlation id that would need escapes is refused`(correlation: String) async throws {
        try await withHost(Apps.counter) { fixture in
            var command = try HostFixture.command("counter-1 add")
            command.correlation = correlation
            let error = await #expect(throws: RuntimeError.self) { try await fixture.host.execute(command) }
            #expect(error?.code == "invalid-input")
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: ["$command-counter-1", "$sent-counter-1", "$parked-x", "$new"])
    func `a stream of the host can't be appended to from outside`(stream: String) async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.append("counter-1 Added", "\(stream) CommandSent {}")
            }
            #expect(error?.code == "host-stream")
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: [62, 63, 64, 65])
    func `arguments that are nested too deep are refused before anything is written`(depth: Int) async throws
    {
        let arguments =
            String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        try await withHost(Apps.counter) { fixture in
            do {
                _ = try await fixture.execute("counter-1 add", arguments)
                let events = try fixture.events()
                #expect(events.count == 1)
            } catch {
                #expect(fixture.log.lastPosition == 0, "\(error)")
            }
        }
    }

    @Test func `a commit from outside is all or nothing, under its conditions`() async throws {
        try await withHost(Apps.counter) { fixture in
            try await fixture.append("a-1 A")
            let frame = NewFrame(
                events: try ["a-1 B", "b-1 B"].map(EventText.event),
                conditions: [.stream(try StreamName("b-1"), .exists)]
            )
            let error = await #expect(throws: RuntimeError.self) { try await fixture.host.commit(frame) }
            #expect(error?.code == "wrong-expected-revision")
            #expect(try fixture.events() == ["a-1 A"])
            #expect(try fixture.host.revision(of: try StreamName("a-1")) == 0)
            #expect(try fixture.host.revision(of: try StreamName("b-1")) == nil)
        }
    }
}
