import EventLog
import Logging
import TestSupport
import Testing

@testable import Runtime

/// What a start reads of the timers stays bounded: those that wait are written down, and the mark moves.
@Suite(.unlessItHangs) struct SnapshotTests {
    private static let sizes = SnapshotSizes(foldedFew: 20, partTimers: 3, frameParts: 2)

    private static func timekeeper(_ log: any EventLog, _ clock: ManualClock) throws -> Timekeeper {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let options = HostOptions(logger: logger, clock: clock.hostClock, workers: 1)
        let pool = try WorkerPool(scripts: try Apps.counter.scripts(), log: log, options: options)
        let context = ProcessorContext(
            log: log,
            pool: pool,
            clock: clock.hostClock,
            logger: logger
        )
        return try Timekeeper([], context: context, sizes: sizes)
    }

    /// So many timers, each due at its number of seconds.
    private static func set(_ numbers: Range<Int>, in log: any EventLog) async throws {
        let events = try numbers.map { number in
            let asked = #""aggregate":"counter","key":"\#(number)","command":"add","args":{}"#
            return try EventText.event(
                "$timer-counter-\(number) TimerSet " + #"{"at":\#(number * 1_000),\#(asked)}"#
            )
        }
        _ = try await log.commit(NewFrame(events: events))
    }

    /// Nothing is due, all is read, and no snapshot is wanted; or it has stopped.
    private static func settled(_ timekeeper: Timekeeper) async throws {
        try await Condition.wait(for: "a settled timekeeper") {
            let status = await timekeeper.status()
            let isWriting = await timekeeper.timers.wantsSnapshot(sizes)
            return status.state == .stopped || status.lagEvents == 0 && !isWriting
        }
    }

    private static func types(_ log: any EventLog) throws -> [String: Int] {
        let events = try log.read(ReadRequest(.category("$timer"))).events
        return Dictionary(grouping: events, by: \.type).mapValues(\.count)
    }

    @Test func `what waits is written down when most of what is read has fired`() async throws {
        let (log, clock) = (MemoryLog(), ManualClock(now: 0))
        try await Self.set(1..<41, in: log)
        let timekeeper = try Self.timekeeper(log, clock)
        await timekeeper.start()
        try await Self.settled(timekeeper)
        #expect(try Self.types(log) == ["TimerSet": 40])
        clock.advance(by: 32_000_000)
        try await Self.settled(timekeeper)
        // 8 wait, 72 events have been folded: three parts, in two frames.
        #expect(try Self.types(log) == ["TimerSet": 40, "TimerFired": 32, "TimersWaiting": 3])
        #expect(try log.marks(of: "$timers")[Timekeeper.readLane] ?? 0 >= 40)
        await timekeeper.stop()

        let next = try Self.timekeeper(log, clock)
        await next.start()
        try await Self.settled(next)
        #expect(await next.timers.count == 8)
        #expect(await next.timers.folded < 40)
        clock.advance(by: 8_000_000)
        try await Self.settled(next)
        #expect(await next.timers.count == 0)
        await next.stop()
        let sent = try log.read(ReadRequest(.category("$sent"))).events.map(\.stream.key)
        #expect(sent == (1..<41).map { "counter-\($0)" })
    }

    /// The firing of 32, then the two frames of the snapshot.
    @Test(arguments: 1...3, [false, true])
    func `a host that dies while it writes a snapshot loses and doubles nothing`(
        frames: Int,
        losingLast: Bool
    ) async throws {
        let (log, clock) = (MemoryLog(), ManualClock(now: 32_000_000))
        try await Self.set(1..<41, in: log)
        let killed = InterceptedLog(
            over: log,
            commit: InterceptedLog.killed(after: frames, losingLast: losingLast)
        )
        let timekeeper = try Self.timekeeper(killed, clock)
        await timekeeper.start()
        try await Self.settled(timekeeper)
        await timekeeper.stop()
        try await Self.set(41..<43, in: log)

        let next = try Self.timekeeper(log, clock)
        await next.start()
        try await Self.settled(next)
        #expect(await next.timers.count == 10)
        clock.advance(by: 20_000_000)
        try await Self.settled(next)
        await next.stop()
        let sent = try log.read(ReadRequest(.category("$sent"))).events.map(\.stream.key)
        #expect(sent == (1..<43).map { "counter-\($0)" })
    }

    @Test func `a record that can't be read stops the timekeeper, and says where`() async throws {
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: [try EventText.event(#"$timer-a-1 TimerSet {"due":5}"#)]))
        let timekeeper = try Self.timekeeper(log, ManualClock(now: 0))
        await timekeeper.start()
        try await Self.settled(timekeeper)
        let failure = try #require(await timekeeper.status().lastFailure)
        #expect(failure.summary.contains("the timer record TimerSet at position 1 can't be read"))
        await timekeeper.stop()
    }
}
