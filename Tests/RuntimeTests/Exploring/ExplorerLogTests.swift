import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Looking at events and states, now and then.
@Suite struct ExplorerLogTests {
    private static let history = [
        #"counter-a Added {"amount":1}"#, #"counter-b Added {"amount":5}"#, #"counter-a Added {"amount":2}"#,
        #"note-1 Noted {"text":"hi"}"#, #"$host-x Ticked {}"#,
    ]

    @Test func `events are picked by pattern, place, number and function`() async throws {
        let bench = try await ExplorerBench(events: Self.history)
        func positions(_ call: String) throws -> String? {
            try bench.value(
                "(function() local l = {} for i, e in ipairs(\(call)) do l[i] = e.position end "
                    + "return table.concat(l, ' ') end)()"
            )
        }
        #expect(try positions("events()") == #""1 2 3 4""#)
        #expect(try positions("events('counter.*')") == #""1 2 3""#)
        #expect(try positions("events('*.Noted')") == #""4""#)
        #expect(try positions("events('counter.*', { last = 1 })") == #""3""#)
        #expect(try positions("events('counter.*', { from = 2, to = 3 })") == #""2 3""#)
        #expect(try positions("events { category = '$host' }") == #""5""#)
        #expect(try positions("events { where = function(e) return e.data.amount == 5 end }") == #""2""#)
        #expect(try positions("events { since = '1h' }") == #""""#)
        #expect(try positions("stream('counter-a')") == #""1 3""#)
        #expect(try positions("stream('counter-a', { last = 1 })") == #""3""#)
        #expect(try bench.value("events('note.*')[1].data.text") == #""hi""#)
        #expect(try bench.value("events('note.*')[1].key") == #""1""#)
        #expect(try bench.value("#streams()") == "3")
        #expect(try bench.value("streams('counter')[1].stream") == #""counter-a""#)
    }

    @Test func `a state is folded as it is, as it was, and where the session is`() async throws {
        let bench = try await ExplorerBench(events: Self.history)
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":3}"#, "1"])
        #expect(try bench.values("state('counter', 'a', { at = 2 })") == [#"{"value":1}"#, "0"])
        #expect(try bench.values("state('counter', 'z')") == [#"{"value":0}"#, "null"])
        #expect(try bench.value("at(2).position") == "2")
        #expect(bench.explorer.isPinned && bench.explorer.position == 2)
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":1}"#, "0"])
        #expect(try bench.value("#events()") == "2")
        #expect(bench.failure("at(99)")?.contains("the log ends at position 5") == true)
        #expect(try bench.value("at().now") == "true")
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":3}"#, "1"])
        #expect(try bench.value("query('any', { a = 1 }).params.a") == "1")
    }

    @Test func `it sees what the log takes while it is attached`() async throws {
        let bench = try await ExplorerBench()
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":0}"#, "null"])
        _ = try await bench.log.commit(NewFrame(events: [try EventText.event(Self.history[0])]))
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":1}"#, "0"])
    }
}
