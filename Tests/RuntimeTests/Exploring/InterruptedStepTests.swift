import EventLog
import Logging
import Lua
import TestSupport
import Testing

@testable import Runtime

/// Steps of a prompt that another thread ends.
@Suite struct InterruptedStepTests {
    private static let app: AppFixture =
        Apps.counter + """
            aggregate "loop" {
              initial = {},
              commands = { run = function() while true do end end },
              events = { Asked = function() while true do end end },
            }
            handler "endless" { on = "order.Placed", run = function() while true do end end }
            handler "folds" { on = "order.Placed", run = function(e) command("loop", e.key, "run") end }
            """

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `a command or a fold that is interrupted leaves nothing, and the next one is right`()
        async throws
    {
        let log = MemoryLog()
        for text in [#"counter-a Added {"amount":1}"#, "loop-1 Asked"] {
            _ = try await log.commit(NewFrame(events: [try EventText.event(text)]))
        }
        let interruption = LuaInterruption()
        let view = OverlayLog(log, endingAt: log.lastPosition, clock: { 0 })
        let steps = try AppSteps(
            try Self.app.scripts(),
            log: view,
            interruption: interruption,
            logger: logger
        )
        let add = Command(aggregate: "counter", key: "a", name: "add")
        _ = try steps.decide(add)
        interruption.raise()
        for (key, name) in [("2", "run"), ("1", "run")] {
            let failure = #expect(throws: ScriptFailure.self) {
                try steps.decide(Command(aggregate: "loop", key: key, name: name))
            }
            #expect(failure?.code == "script-interrupted", "and not by its budget")
        }
        let stream = try StreamName("loop-1")
        let failure = #expect(throws: ScriptFailure.self) { try steps.state(of: stream, at: .max) }
        #expect(failure?.code == "script-interrupted")
        interruption.clear()
        _ = try steps.decide(add)
        #expect(view.own.filter { !$0.stream.isHostOwned }.map(\.revision) == [1, 2])
        let state = try steps.state(of: try StreamName("counter-a"), at: .max)
        #expect(String(decoding: state.state, as: UTF8.self) == #"{"value":3}"#)
    }

    @Test(arguments: ["endless", "folds"])
    func `a handler that is tried ends where it is interrupted`(name: String) async throws {
        let log = MemoryLog()
        for text in ["loop-1 Asked", "order-1 Placed"] {
            _ = try await log.commit(NewFrame(events: [try EventText.event(text)]))
        }
        let event = try #require(try log.event(at: 2))
        let interruption = LuaInterruption()
        interruption.raise()
        let trial = try HandlerTrial.run(
            name,
            on: event,
            of: log,
            try Self.app.scripts(),
            interruption: interruption
        )
        #expect(trial["failure"]?.string?.contains("interrupted") == true, "\(trial)")
    }

    @Test func `a view reads no further once nobody wants to know`() async throws {
        let bench = try await ExplorerBench(events: [#"counter-a Added {"amount":1}"#])
        #expect(bench.interrupted("while true do pcall(events) end") == "interrupted")
        #expect(try bench.value("#events()") == "1")
        let log = OverlayLog(bench.log, endingAt: 1, clock: { 0 }, isInterrupted: { true })
        #expect(throws: EventLogError.self) { try log.read(ReadRequest(.all, limit: 1)) }
    }
}
