import TestSupport
import Testing

@testable import EventLog

/// Every byte of a small store goes bad, one at a time.
@Suite struct FlipTests {
    /// A log in a few segments, closed.
    private struct Store {
        let history: FaultHistory
        let disk: FaultyFileSystem
        let events: [ModelLog.Event]
        let marks: [Int: Position]
        let receipt: Receipt

        init() async throws {
            history = FaultHistory(
                testDescription: "a store",
                steps: [.keyed, .wide, .event, .wide, .marks, .group(5), .wide, .keyed],
                segmentBytes: 6_000
            )
            disk = FaultyFileSystem()
            var past = AcknowledgedHistory()
            #expect(try await history.run(on: disk, &past) == nil)
            let log = try await history.open(disk)
            events = try log.read(ReadRequest(.all)).events.map { ModelLog.Event($0) }
            marks = try log.marks(of: AcknowledgedHistory.processor)
            receipt = try #require(try log.receipt(forKey: "key-0"))
            try await log.close()
        }
    }

    /// Opens a store and reads everything; nil when that is as it was, else what was reported.
    private func report(_ store: Store, _ disk: FaultyFileSystem) async throws -> String? {
        do {
            let log = try await store.history.open(disk)
            let report = log.recovery
            let events: [ModelLog.Event]
            let isElseAsItWas: Bool
            do {
                events = try log.read(ReadRequest(.all)).events.map { ModelLog.Event($0) }
                let receipt = try log.receipt(forKey: "key-0")
                let marks = try log.marks(of: AcknowledgedHistory.processor)
                isElseAsItWas = receipt == store.receipt && marks == store.marks
            } catch {
                try await log.close()
                return "reading: \(error)"
            }
            try await log.close()
            // What can be read is what was written, as far as it goes.
            guard events == Array(store.events.prefix(events.count)) else {
                throw HistoryFault("other events")
            }
            let isWhole = events.count == store.events.count && isElseAsItWas
            if let damage = report.damage { return "damage: \(damage.reason)" }
            // Only the newest group can pass for one that was never acknowledged; it holds one event.
            if report.tornBytes > 0, events.count >= store.events.count - 1 { return "torn" }
            guard isWhole else { throw HistoryFault("\(events.count) events, and nothing is reported") }
            return nil
        } catch let error as EventLogError {
            return "opening: \(error)"
        }
    }

    @Test(arguments: 0..<2)
    func `a flipped byte is reported, or changes nothing that is read`(half: Int) async throws {
        let store = try await Store()
        #expect(try await report(store, store.disk.processKill()) == nil)
        #expect(store.disk.paths.count > 3)
        var reported = 0
        var count = 0
        for path in store.disk.paths {
            for offset in (store.disk.contents(of: path) ?? []).indices where offset % 2 == half {
                let disk = store.disk.processKill()
                disk.flipBit(in: path, at: offset)
                count += 1
                await store.history.expectSound("\(path) flipped at \(offset)") {
                    if try await report(store, disk) != nil { reported += 1 }
                }
            }
        }
        // Zeros that are ahead of the newest frame, and an index that is built again, are nobody's loss.
        #expect(reported > count / 2, "\(reported) of \(count)")
    }

    @Test func `a byte that goes bad behind an open log is an error, and never other data`() async throws {
        let store = try await Store()
        for path in store.disk.paths where path.hasSuffix(".log") {
            let size = try #require(store.disk.contents(of: path)).count
            for offset in stride(from: 0, to: size, by: 13) {
                let disk = store.disk.processKill()
                let log = try await store.history.open(disk)
                disk.flipBit(in: path, at: offset)
                do {
                    let events = try log.read(ReadRequest(.all)).events.map { ModelLog.Event($0) }
                    #expect(events == store.events, "\(path) flipped at \(offset)")
                } catch {
                    #expect(error.code == "log-damaged", "\(path) flipped at \(offset)")
                }
                try await log.close()
            }
        }
    }
}
