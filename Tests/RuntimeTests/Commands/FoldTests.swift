import EventLog
import Runtime
import TestSupport
import Testing

@Suite struct FoldTests {
    @Test func `a state can be looked at as it was at any position`() async throws {
        try await withHost(Apps.counter) { fixture in
            try await fixture.append(#"counter-1 Added {"amount":1}"#, "other-1 Noise")
            try await fixture.append(#"counter-1 Added {"amount":10}"#, #"counter-2 Added {"amount":7}"#)
            let values = try await [0, 1, 2, 3, 4].asyncMap { try await fixture.state("counter-1", at: $0) }
            #expect(values == [0, 1, 1, 11, 11].map { #"{"value":\#($0)}"# })
            #expect(try await fixture.state("counter-1", at: .max) == #"{"value":11}"#)
        }
    }

    @Test func `a stream without events has the initial state and no revision`() async throws {
        try await withHost(Apps.counter) { fixture in
            let view = try await fixture.host.state(aggregate: "counter", key: "none")
            #expect(String(decoding: view.state, as: UTF8.self) == #"{"value":0}"#)
            #expect(view.revision == nil)
        }
    }

    @Test func `a state has the revision of the last event that is in it`() async throws {
        try await withHost(Apps.counter) { fixture in
            try await fixture.append(
                "counter-1 Unknown",
                #"counter-1 Added {"amount":1}"#,
                "counter-1 Unknown"
            )
            #expect(try await fixture.host.state(aggregate: "counter", key: "1").revision == 2)
            #expect(try await fixture.host.state(aggregate: "counter", key: "1", at: 2).revision == 1)
            #expect(try await fixture.state("counter-1") == #"{"value":1}"#)
        }
    }

    @Test func `more events than a page are all folded`() async throws {
        try await withHost(Apps.counter) { fixture in
            for _ in 0..<3 {
                let event = try EventText.event(#"counter-1 Added {"amount":1}"#)
                _ = try await fixture.host.commit(
                    NewFrame(events: Array(repeating: event, count: LogLimits.frameEventsMax))
                )
            }
            #expect(try await fixture.state("counter-1") == #"{"value":3000}"#)
            #expect(try await fixture.state("counter-1", at: 1_500) == #"{"value":1500}"#)
            let outcome = try await fixture.execute("counter-1 add", #"{"amount":1,"limit":3000}"#)
            #expect(try Decision(outcome) == .refused("over-the-limit"))
        }
    }

    @Test func `the state of an unknown aggregate is an error with the one that was meant`() async throws {
        try await withHost(Apps.counter) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.state(aggregate: "count", key: "1")
            }
            #expect(error?.code == "unknown-aggregate")
            #expect(error?.hint == #"did you mean "counter"?"#)
        }
    }

    /// A command's events share a table, folds change what they are given, and `show` tells the live state.
    static let sharing: AppFixture = """
        aggregate "box" {
          initial = { lists = {} },
          commands = {
            put = function(_, args)
              emit("Put", { list = args.list })
              emit("Put", { list = args.list })
            end,
            show = function(box)
              local sizes = {}
              for index, list in ipairs(box.lists) do sizes[index] = #list end
              reject("sizes", table.concat(sizes, ","))
            end,
          },
          events = {
            Put = function(box, e)
              e.data.list[#e.data.list + 1] = "more"
              box.lists[#box.lists + 1] = e.data.list
            end,
          },
        }
        """

    @Test func `a fold sees an event as it will be read back, live as well as later`() async throws {
        let log = MemoryLog()
        try await withHost(Self.sharing, log: log) { fixture in
            _ = try await fixture.execute("box-1 put", #"{"list":["a"]}"#)
            #expect(try fixture.events().allSatisfy { $0 == #"box-1 Put {"list":["a"]}"# })
            #expect(try await refusal(of: "box-1 show", on: fixture) == "2,2")
        }
        try await withHost(Self.sharing, log: log) { fixture in
            let sizes = try await refusal(of: "box-1 show", on: fixture)
            #expect(sizes == "2,2")
        }
    }

    private func refusal(of command: String, on fixture: HostFixture) async throws -> String? {
        guard case .refused(let refusal) = try await fixture.execute(command) else { return nil }
        return refusal.text
    }

    @Test(arguments: ["now()", "random()", "uuid()"])
    func `a fold has neither time nor chance`(word: String) async throws {
        let app: AppFixture = """
            aggregate "clock" {
              commands = { tick = function() emit("Ticked", {}) end },
              events = { Ticked = function(clock) clock.at = \(word) end },
            }
            """
        try await withHost(app) { fixture in
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("clock-1 tick") }
            #expect(error?.description.contains("a fold has no time and no chance") == true)
            #expect(fixture.log.lastPosition == 0)
        }
    }

    @Test(arguments: [
        #"emit("Other", {})"#, #"send("clock", "1", "tick")"#, #"command("clock", "2", "tick")"#,
    ])
    func `a fold can ask for nothing`(word: String) async throws {
        let app: AppFixture = """
            aggregate "clock" {
              commands = { tick = function() emit("Ticked", {}) end },
              events = { Ticked = function(clock) \(word) end },
            }
            """
        try await given(app).when("clock-1 tick").then(.failed("script-error"))
        try await given(app, "clock-1 Ticked").when("clock-1 tick").then(.failed("script-error"))
    }
}

extension Sequence {
    /// Maps one after the other.
    func asyncMap<R>(_ transform: (Element) async throws -> R) async rethrows -> [R] {
        var results: [R] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
