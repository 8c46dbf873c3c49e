import TestSupport
import Testing

@testable import EventLog

/// Room for commits: zeros never meet a frame, and a full disk never meets one half-way.
@Suite struct RoomTests {
    private func open(_ disk: FaultyFileSystem, segmentBytes: Int = 128 << 20) async throws -> DiskLog {
        var options = DiskLogOptions(segmentBytes: segmentBytes)
        options.fileSystem = disk
        options.background = .inline
        return try await DiskLog.open(folder: "/data", options: options, clock: { 1_000 }, logger: .quiet)
    }

    /// A frame whose symbols take more room than its events do.
    private func frameOfNewTypes(_ number: Int) throws -> NewFrame {
        NewFrame(
            events: try (0..<LogLimits.frameEventsMax).map { event in
                let name = "T\(number)-\(event)-"
                let type = name + String(repeating: "x", count: LogLimits.nameBytesMax - name.utf8.count)
                return try .sample(type, "a-1")
            }
        )
    }

    @Test func `a frame of a thousand new types is whole when the log is opened again`() async throws {
        let disk = FaultyFileSystem()
        let log = try await open(disk)
        for number in 0..<3 { _ = try await log.commit(frameOfNewTypes(number)) }
        try await log.close()
        let opened = try await open(disk.processKill())
        #expect(opened.recovery.tornBytes == 0)
        #expect(opened.lastPosition == 3_000)
        #expect(try opened.read(ReadRequest(.all)).events.count == 3_000)
        try await opened.close()
    }

    @Test func `two spellings of one letter are two types and two processors, also when opened again`()
        async throws
    {
        let disk = FaultyFileSystem()
        let log = try await open(disk, segmentBytes: 5_000)
        let (composed, combined) = ("\u{E9}", "e\u{301}")
        for step in 0..<40 as Range<Position> {
            _ = try await log.commit(
                NewFrame(
                    events: [.sample(composed, "a-1"), .sample(combined, "a-1")],
                    marks: [
                        MarkMove(processor: composed, lane: 0, from: step, to: step + 1),
                        MarkMove(processor: combined, lane: 1, from: step * 2, to: step * 2 + 2),
                    ]
                )
            )
        }
        try await log.close()
        let opened = try await open(disk.processKill(), segmentBytes: 5_000)
        #expect(opened.recovery.damage == nil && opened.recovery.segments > 2)
        #expect(try opened.marks(of: composed) == [0: 40] && opened.marks(of: combined) == [1: 80])
        let found = try opened.read(ReadRequest(.query(EventQuery(types: [combined])))).events
        #expect(found.map(\.position) == (1...40).map { Position($0 * 2) })
        try await opened.close()
    }

    @Test func `a full disk refuses a commit, but not the old answer to a known key; with room it goes on`()
        async throws
    {
        let disk = FaultyFileSystem()
        let log = try await open(disk, segmentBytes: 20_000)
        var count = 0
        while count < 10 { count = try await commit(count, log) }
        disk.capacity = 0
        var refused: EventLogError?
        while refused == nil, count < 1_000 {
            do throws(EventLogError) { count = try await commit(count, log) } catch { refused = error }
        }
        #expect(refused?.code == "disk-full")
        #expect(try await log.commit(LogFolder.frame(3)).wasKnown)
        #expect(log.readOnlyReason == nil)
        #expect(try LogFolder.holds(count, log))
        // Opened on the full disk it can be read, and refuses as before.
        try await log.close()
        let restarted = disk.processKill()
        let opened = try await open(restarted, segmentBytes: 20_000)
        #expect(try LogFolder.holds(count, opened))
        await #expect(throws: EventLogError.self) { try await opened.commit(LogFolder.frame(count)) }
        #expect(opened.readOnlyReason == nil)
        restarted.capacity = nil
        for _ in 0..<60 { count = try await commit(count, opened) }
        try await opened.close()
        let again = try await open(restarted.processKill(), segmentBytes: 20_000)
        #expect(try LogFolder.holds(count, again))
        try await again.close()
    }

    private func commit(_ number: Int, _ log: DiskLog) async throws(EventLogError) -> Int {
        let frame: NewFrame
        do { frame = try LogFolder.frame(number) } catch { throw .invalidFrame(reason: "\(error)") }
        _ = try await log.commit(frame)
        return number + 1
    }

    @Test func `an index file that a merge finds damaged is built again, and appends go on`() async throws {
        let disk = FaultyFileSystem()
        var options = DiskLogOptions(segmentBytes: 5_000)
        options.fileSystem = disk
        options.background = .inline
        options.indexMergeCount = 3
        let log = try await DiskLog.open(folder: "/data", options: options, clock: { 1_000 }, logger: .quiet)
        var count = 0
        while !disk.paths.contains(where: { $0.hasSuffix(".idx") }) { count = try await commit(count, log) }
        let index = try #require(disk.paths.first { $0.hasSuffix(".idx") })
        try await log.close()
        let size = try #require(disk.contents(of: index)?.count)
        // A byte of the names: not looked at by opening, nor by these appends.
        for place in stride(from: size - 400, to: size - 100, by: 8) { disk.flipBit(in: index, at: place) }
        let opened = try await DiskLog.open(
            folder: "/data",
            options: options,
            clock: { 1_000 },
            logger: .quiet
        )
        for _ in 0..<200 { count = try await commit(count, opened) }
        #expect(opened.readOnlyReason == nil)
        #expect(try LogFolder.holds(count, opened))
        #expect(disk.paths.contains { $0.hasSuffix(".idx") && $0.contains("-") })
        try await opened.close()
    }
}
