import EventLog
import Foundation
import Logging
import ReadModels
import TestSupport
import Testing

@testable import Runtime

/// States that are kept: as snapshots between two lives of a host, and live in a worker, by their bytes.
@Suite(.unlessItHangs) struct StateSnapshotTests {
    /// A state with what JSON would lose: a list with a hole, an integer key, one table under two names.
    private static let box: AppFixture = """
        aggregate "box" {
          initial = { sum = 0, seen = {} },
          commands = {
            put = function(box, args) emit("Put", { n = args.n or 1 }) end,
            look = function(box) emit("Looked", { sum = box.sum, shared = box.last == box.seen.last }) end,
          },
          events = {
            Put = function(box, e)
              box.sum = box.sum + e.data.n
              box.seen[e.revision * 2] = e.data.n
              box.last = { n = e.data.n }
              box.seen.last = box.last
            end,
          },
        }
        """

    /// The same with a state that can be shown as JSON.
    private static let plain = AppFixture(
        files: box.files.mapValues { $0.replacing("e.revision * 2", with: "'k' .. e.revision") }
    )

    private static func log(events: Int) async throws -> MemoryLog {
        let log = MemoryLog()
        for first in stride(from: 0, to: events, by: 100) {
            let puts = try (first..<min(first + 100, events)).map {
                try EventText.event(#"box-1 Put {"n":\#($0)}"#)
            }
            _ = try await log.commit(NewFrame(events: puts))
        }
        return log
    }

    private static func host(
        _ log: MemoryLog,
        in folder: TemporaryFolder,
        _ app: AppFixture = box,
        _ body: (HostFixture) async throws -> Void
    ) async throws {
        var options = HostFixture.Options()
        options.readModelFolder = folder.path
        try await withHost(app, log: log, options: options, body)
    }

    private static func saved(_ folder: TemporaryFolder, _ app: AppFixture = box) throws -> Snapshot? {
        let store = try SnapshotStore(folder: folder.path)
        let session = try ScriptSession(
            scripts: try app.scripts(),
            log: MemoryLog(),
            logger: Logger(label: "test")
        )
        let snapshot = try store.snapshot(of: "box-1", code: session.definitions.folds.code(of: "box"))
        try store.close()
        return snapshot
    }

    @Test func `a long fold is saved, and the next host begins with it`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(events: 300)
        try await Self.host(log, in: folder) { _ = try await $0.execute("box-1 look") }
        let snapshot = try #require(try Self.saved(folder))
        #expect(snapshot.revision == 299)
        // What is in the snapshot is what the next host goes on from, and not what it would fold.
        let store = try SnapshotStore(folder: folder.path)
        let other = try await Self.log(events: 300)
        let lie = try TemporaryFolder()
        _ = try await other.commit(NewFrame(events: [try EventText.event(#"box-1 Put {"n":1000}"#)]))
        try await Self.host(other, in: lie) { _ = try await $0.execute("box-1 look") }
        let state = try #require(try Self.saved(lie)).state
        try store.save(
            Snapshot(
                stream: "box-1",
                code: snapshot.code,
                revision: snapshot.revision,
                position: snapshot.position,
                time: snapshot.time,
                state: state
            )
        )
        try store.close()
        try await Self.host(log, in: folder) { fixture in
            _ = try await fixture.execute("box-1 look")
            let looked = try #require(try fixture.events(of: "box-1").last)
            #expect(looked == #"box-1 Looked {"shared":true,"sum":45850}"#)
        }
    }

    @Test func `what is decided on a snapshot is what is decided on a fold`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(events: 1_000)
        for _ in 0..<3 {
            try await Self.host(log, in: folder, Self.plain) { fixture in
                _ = try await fixture.execute("box-1 put", #"{"n":7}"#)
                _ = try await fixture.execute("box-1 look")
                let live = try await fixture.state("box-1")
                let bare = try await HostFixture(Self.plain, log: log)
                #expect(try await bare.state("box-1") == live)
                await bare.host.stop()
            }
        }
        #expect(try Self.saved(folder, Self.plain)?.revision == 999)
        let sums = try log.read(ReadRequest(.all)).events.filter { $0.type == "Looked" }.map(EventText.line)
        #expect(sums == [7, 14, 21].map { #"box-1 Looked {"shared":true,"sum":\#(499_500 + $0)}"# })
    }

    @Test func `an edit that changes nothing of how a state is folded leaves its snapshot in use`()
        async throws
    {
        let folder = try TemporaryFolder()
        let log = try await Self.log(events: 300)
        try await Self.host(log, in: folder) { _ = try await $0.execute("box-1 look") }
        let text = try #require(Self.box.files["app.lua"])
        let command = text.replacing("emit(\"Looked\", {", with: "emit(\"Looked\", { more = 1,")
        let handler = text + "\nhandler \"h\" { on = \"box.Put\", run = function() end }"
        for edited in [command, handler] {
            #expect(edited != text)
            #expect(try Self.saved(folder, AppFixture(edited)) != nil)
        }
        let fold = text.replacing("seen = {}", with: "seen = {}, more = 1")
        let upcaster =
            text + """

                event "box.Put" { version = 2 }
                upcast("box.Put", 1, function(data) return { n = data.n + 1 } end)
                """
        for edited in [fold, upcaster] {
            #expect(edited != text)
            #expect(try Self.saved(folder, AppFixture(edited)) == nil)
        }
    }

    @Test func `a snapshot of other scripts, or of another history, isn't used`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(events: 300)
        try await Self.host(log, in: folder) { _ = try await $0.execute("box-1 look") }
        // The same events with other numbers, as after a restore to an earlier position.
        let restored = MemoryLog()
        for _ in 0..<3 {
            let puts = try (0..<100).map { _ in try EventText.event(#"box-1 Put {"n":2}"#) }
            _ = try await restored.commit(NewFrame(events: puts))
        }
        try await Self.host(restored, in: folder) { fixture in
            _ = try await fixture.execute("box-1 look")
            #expect(try fixture.events(of: "box-1").last == #"box-1 Looked {"shared":true,"sum":600}"#)
        }
        let doubled = AppFixture(
            files: Self.box.files.mapValues { $0.replacing("+ e.data.n\n", with: "+ 2 * e.data.n\n") }
        )
        try await Self.host(log, in: folder, doubled) { fixture in
            _ = try await fixture.execute("box-1 look")
            #expect(try fixture.events(of: "box-1").last == #"box-1 Looked {"shared":true,"sum":89700}"#)
        }
    }

    @Test func `the state at a position before the snapshot is folded`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(events: 300)
        try await Self.host(log, in: folder, Self.plain) { fixture in
            _ = try await fixture.execute("box-1 look")
            let text = try await fixture.state("box-1", at: 3)
            let early = try JSONValue(parsing: Array(text.utf8)[...])
            #expect(early["sum"] == .integer(3))
        }
    }

    @Test func `a snapshot that can't be read is folded anew, and said`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(events: 300)
        try await Self.host(log, in: folder) { _ = try await $0.execute("box-1 look") }
        let good = try #require(try Self.saved(folder))
        let store = try SnapshotStore(folder: folder.path)
        try store.save(
            Snapshot(
                stream: good.stream,
                code: good.code,
                revision: good.revision,
                position: good.position,
                time: good.time,
                state: Array(good.state.dropLast())
            )
        )
        try store.close()
        try await Self.host(log, in: folder) { fixture in
            _ = try await fixture.execute("box-1 look")
            #expect(try fixture.events(of: "box-1").last == #"box-1 Looked {"shared":true,"sum":44850}"#)
        }
    }

    @Test func `a state that is let go within a step is what the step has made of it`() async throws {
        let app: AppFixture = """
            aggregate "big" {
              initial = { text = "", touched = 0 },
              commands = {
                grow = function() emit("Grown", {}) end,
                touch = function() emit("Touched", {}) end,
                check = function(state) emit("Checked", { touched = state.touched }) end,
              },
              events = {
                Grown = function(state) state.text = ("x"):rep(8 << 20) end,
                Touched = function(state) state.touched = state.touched + 1 end,
              },
            }
            handler "all" {
              on = "order.Placed",
              run = function()
                for key = 1, 6 do command("big", key, "touch") end
                for key = 1, 6 do command("big", key, "check") end
              end,
            }
            """
        let log = MemoryLog()
        try await withHost(app, log: log, options: .init(workers: 1)) { fixture in
            for key in 1...6 { _ = try await fixture.execute("big-\(key) grow") }
        }
        // A fresh host measures what it folds: two of these states fill a half of what may be live.
        try await withHost(app, log: log, options: .init(workers: 1)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let checked = try fixture.events(in: "big").filter { $0.contains("Checked") }
            #expect(checked == (1...6).map { "big-\($0) Checked {\"touched\":1}" })
        }
    }

    @Test func `live states are let go by their bytes, oldest first`() async throws {
        let app: AppFixture = """
            aggregate "text" {
              initial = { text = "" },
              commands = { grow = function(state, args) emit("Grown", { text = args.text }) end },
              events = { Grown = function(state, e) state.text = e.data.text:rep(4) end },
            }
            """
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let log = InterceptedLog(over: MemoryLog())
        let options = HostOptions(logger: logger, workers: 1)
        let pool = try WorkerPool(scripts: try app.scripts(), log: log, options: options)
        let dispatcher = CommandDispatcher(log: log, pool: pool, clock: options.clock)
        func command(_ key: Int, _ text: String) -> Command {
            let arguments = Array(#"{"text":"\#(text)"}"#.utf8)[...]
            return Command(aggregate: "text", key: "\(key)", name: "grow", arguments: arguments)
        }
        // 400 KB each: the two halves hold 160 of them at most, and 80 at least.
        let text = String(repeating: "x", count: 100_000)
        for key in 0..<200 { _ = try await dispatcher.execute(command(key, text)) }
        // A state that is live is opened without a look into the log.
        log.failReads(with: .closed)
        func isLive(_ key: Int) async -> Bool {
            do {
                let worker = pool.workers[0]
                let batch = try await worker.decide(command(key, "y"), id: .random(), time: 0, seed: 0)
                await worker.settle(try #require(batch), committed: false)
                return true
            } catch {
                return false
            }
        }
        #expect(await isLive(199))
        #expect(await isLive(140))
        #expect(await !isLive(0))
    }
}
