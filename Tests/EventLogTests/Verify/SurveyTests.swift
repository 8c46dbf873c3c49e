import TestSupport
import Testing

@testable import EventLog

/// The quick look at a data folder, and at the disk that it is on.
@Suite struct SurveyTests {
    private func survey(_ folders: DiskFolders) throws -> LogSurvey {
        try LogSurvey.run(DiskFolders.data, files: folders.disk)
    }

    @Test func `a good folder is summed up, and left as it is`() async throws {
        let folders = DiskFolders()
        try await folders.append(30)
        let before = folders.contents(DiskFolders.data)
        let found = try survey(folders)
        #expect(found.findings.isEmpty && found.holder == nil)
        #expect(found.lastPosition == 30 && found.log == EventID(high: 7, low: 9))
        #expect(found.firstTime == DiskFolders.start && found.lastTime == DiskFolders.start + 29_000_000)
        #expect(found.segments == before.keys.filter { $0.hasSuffix(".log") }.count)
        #expect(found.indexFiles == before.keys.filter { $0.hasSuffix(".idx") }.count && found.indexBytes > 0)
        #expect(folders.contents(DiskFolders.data) == before)
    }

    @Test func `it works beside a host, and names it`() async throws {
        let folders = DiskFolders()
        try await folders.append(30)
        let log = try await folders.open()
        let found = try survey(folders)
        #expect(found.holder?.hasPrefix("pid ") == true && found.findings.isEmpty)
        try await log.close()
    }

    @Test func `damage that shows at once is named`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        let logs = folders.disk.paths.filter { $0.hasSuffix(".log") }
        func codes(_ breaking: (FaultyFileSystem) throws -> Void) throws -> [String] {
            let broken = DiskFolders(folders.disk.processKill())
            try breaking(broken.disk)
            return try survey(broken).findings.map(\.code)
        }
        #expect(try codes { $0.flipBit(in: logs[1], at: 20) } == ["header-damaged"])
        #expect(try codes { $0.flipBit(in: "/data/MANIFEST", at: 30) } == ["manifest-damaged"])
        #expect(try codes { try $0.remove(logs[1]) }.contains("segment-missing"))
        let length = try #require(folders.disk.contents(of: logs[1])).count
        #expect(try codes { $0.flipBit(in: logs[1], at: length - 4) } == ["frame-damaged"])
        #expect(try codes { $0.capacity = 1 << 20 } == ["disk-nearly-full"])
    }

    @Test func `the flush latency of a disk is measured, and nothing is left behind`() throws {
        let folders = DiskFolders()
        try folders.disk.makeFolder("/data")
        let latency = try FlushLatency.measure(in: "/data", writes: 50, files: folders.disk)
        #expect(latency.median > 0 && latency.median <= latency.p99)
        #expect(folders.disk.paths.isEmpty)
        #expect(
            FlushLatency(median: 3, p99: 9).isSuspicious && !FlushLatency(median: 90, p99: 400).isSuspicious
        )
    }
}
