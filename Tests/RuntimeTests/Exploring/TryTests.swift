import EventLog
import TestSupport
import Testing

@testable import Runtime

/// A handler on an event, without consequences.
@Suite struct TryTests {
    private static let app: AppFixture =
        Apps.counter + """
            handler "echo" {
              on = "order.Placed",
              run = function(e)
                command("counter", e.key, "add", { amount = e.data.n })
                emit("echo-" .. e.key, "Echoed", { n = e.data.n })
              end,
            }
            """

    @Test func `it tells events with their lines, states before and after, and what it cost`() async throws {
        let bench = try await ExplorerBench(
            Self.app,
            events: [
                #"counter-1 Added {"amount":3}"#, #"order-1 Placed {"n":4}"#,
                #"counter-1 Added {"amount":90}"#,
            ]
        )
        _ = try bench.values("t = try('echo', 2)")
        #expect(try bench.value("t.outcome") == #""decided""#)
        #expect(try bench.value("t.events[2].data.amount .. ' ' .. t.events[3].type") == #""4 Echoed""#)
        #expect(try bench.value("t.events[3].place")?.hasPrefix(#""app.lua:"#) == true)
        #expect(
            try bench.value("t.changes")
                == #"[{"after":{"value":7},"before":{"value":3},"stream":"counter-1"}]"#
        )
        #expect(try bench.value("t.instructions > 0 and t.bytes > 0") == "true")
        #expect(bench.explorer.triedEvents == 0 && bench.log.lastPosition == 3)
    }

    @Test func `an event that was never recorded is tried as if it came now`() async throws {
        let bench = try await ExplorerBench(Self.app, events: [#"counter-1 Added {"amount":3}"#])
        let line =
            "try('echo', { stream = 'order-1', type = 'Placed', data = { n = 2 } }).changes[1].after.value"
        #expect(try bench.value(line) == "5")
        #expect(bench.log.lastPosition == 1)
    }

    @Test func `a handler without an end ends by its budget, or when it is interrupted`() async throws {
        let app: AppFixture =
            #"handler "endless" { on = "order.Placed", run = function() while true do end end }"#
        let bench = try await ExplorerBench(app, events: ["order-1 Placed"])
        #expect(try bench.value("try('endless', 1).failure:match('instructions')") == #""instructions""#)
        #expect(bench.interrupted("try('endless', 1)") == "interrupted")
        #expect(bench.interrupted("while true do pcall(try, 'endless', 1) end") == "interrupted")
        #expect(try bench.value("try('endless', 1).outcome") == #""failed""#)
    }

    @Test func `an edit is tried at once, and an error shows its line`() async throws {
        let bench = try await ExplorerBench(Self.app, events: [#"order-1 Placed {"n":4}"#])
        #expect(try bench.value("#try('echo', 1).events") == "3")
        bench.folder.app = """
            handler "echo" {
              on = "order.Placed",
              run = function(e) error("no " .. e.data.n) end,
            }
            """
        #expect(try bench.value("try('echo', 1).outcome") == #""failed""#)
        let text = try bench.value("try('echo', 1).failure") ?? ""
        #expect(text.contains("app.lua:3: no 4") && text.contains("> 3 |"), "\(text)")
        #expect(bench.failure("try('ecko', 1)")?.contains("\"echo\"") == true)
        #expect(bench.failure("try('echo', 9)")?.contains("no event at position 9") == true)
    }
}
