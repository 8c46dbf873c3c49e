import TestSupport
import Testing

@testable import EventLog

/// Reading all of a data folder, to know whether it is as it was written.
@Suite struct VerifyTests {
    /// A folder with several segments, single and merged index files, and no zeros ahead.
    private func store(_ frames: Int = 40) async throws -> DiskFolders {
        let folders = DiskFolders()
        try await folders.append(frames)
        try folders.replaceZeros(with: [])
        return folders
    }

    private func verify(_ folders: DiskFolders, scratch: String? = nil) throws -> VerifyReport {
        try LogVerifier.run(DiskFolders.data, scratch: scratch, files: folders.disk)
    }

    @Test func `a good log is silent, its merged index files included`() async throws {
        let folders = try await store()
        let before = folders.contents(DiskFolders.data)
        let report = try verify(folders)
        #expect(report.findings.isEmpty && report.isWhole && report.holder == nil)
        #expect(report.frames == 40 && report.lastPosition == 40 && report.segments > 4)
        #expect(report.indexFiles > 1)
        #expect(before.keys.contains { $0.hasSuffix(".idx") && $0.utf8.count > "/data/log/".utf8.count + 24 })
        #expect(folders.contents(DiskFolders.data) == before)
    }

    @Test(arguments: [0, 1, 9, 10, 11, 12, 80])
    func `logs of any length verify, with index files, without, and with a scratch folder`(
        frames: Int
    ) async throws {
        let folders = try await store(frames)
        #expect(try verify(folders).findings.isEmpty)
        for path in folders.disk.paths where path.hasSuffix(".idx") { try folders.disk.remove(path) }
        #expect(try verify(folders).findings.isEmpty)
        try folders.disk.makeFolder("/scratch")
        let report = try verify(folders, scratch: "/scratch")
        #expect(report.findings.isEmpty && report.frames == frames)
        #expect(!folders.disk.paths.contains { $0.hasPrefix("/scratch/") })
    }

    @Test func `every flipped byte is found, and its file is named`() async throws {
        let folders = try await store(24)
        let newest = try #require(folders.disk.paths.last { $0.hasSuffix(".log") })
        for path in folders.disk.paths where !path.hasSuffix("/LOCK") {
            let size = try #require(folders.disk.contents(of: path)).count
            // Headers are mostly zeros, all under one checksum.
            for offset in 0..<size where offset < 200 || offset % 17 == 0 || offset > 4_096 && offset % 3 == 0
            {
                let broken = DiskFolders(folders.disk.processKill())
                broken.disk.flipBit(in: path, at: offset)
                let findings = try verify(broken).findings
                #expect(findings.first?.file == path, "byte \(offset) of \(path): \(findings)")
                // The last group of the newest segment looks as if a crash had torn it.
                #expect(path == newest || findings.contains(where: \.isDamage))
            }
        }
    }

    @Test func `all damaged segments are named, not only the first`() async throws {
        let folders = try await store()
        let logs = folders.disk.paths.filter { $0.hasSuffix(".log") }
        folders.disk.flipBit(in: logs[1], at: 4_200)
        folders.disk.flipBit(in: logs[3], at: 4_200)
        let findings = try verify(folders).findings
        #expect(findings.map(\.file) == [logs[1], logs[3]])
        #expect(findings.map(\.code) == ["frame-damaged", "frame-damaged"])
    }

    @Test func `segments that are gone, cut or swapped are named`() async throws {
        let folders = try await store()
        let logs = folders.disk.paths.filter { $0.hasSuffix(".log") }
        for path in logs {
            let broken = DiskFolders(folders.disk.processKill())
            try broken.disk.remove(path)
            let report = try verify(broken)
            #expect(!report.isWhole || path == logs.last, "without \(path)")
            if path != logs.last {
                #expect(report.findings.contains { $0.kind == .segmentMissing && $0.file == path })
            }
        }
        let cut = DiskFolders(folders.disk.processKill())
        let bytes = try #require(cut.disk.contents(of: logs[1]))
        cut.disk.setContents(of: logs[1], Array(bytes.dropLast(FrameWriter.endFrameSize)))
        #expect(try verify(cut).findings.first?.code == "segment-cut")
        let swapped = DiskFolders(folders.disk.processKill())
        swapped.disk.setContents(of: logs[1], try #require(swapped.disk.contents(of: logs[2])))
        #expect(try verify(swapped).findings.first?.code == "segment-out-of-order")
    }

    @Test func `an index file of another history of the log is a mismatch`() async throws {
        let folders = try await store()
        let other = DiskFolders()
        let log = try await other.open()
        for number in 0..<40 {
            var frame = try LogFolder.frame(number)
            // The same places and lengths, and one other stream.
            if number == 2 { frame.events = [try .sample("T2", "order-9", data: "2", tags: ["n:2"])] }
            _ = try await log.commit(frame)
        }
        try await log.close()
        let name = try #require(folders.disk.paths.first { $0.hasSuffix(".idx") })
        folders.disk.setContents(of: name, try #require(other.disk.contents(of: name)))
        let findings = try verify(folders).findings
        #expect(findings.map(\.code) == ["index-mismatch"] && findings.first?.file == name)
    }

    @Test func `a torn tail and unfinished files are told, and are no damage`() async throws {
        let folders = try await store()
        try folders.replaceZeros(with: [7, 7, 7])
        folders.disk.setContents(of: "/data/log/00000000000000009999.log.new", [1])
        let report = try verify(folders)
        #expect(Set(report.findings.map(\.code)) == ["torn-tail", "unfinished-file"])
        #expect(report.isWhole)
    }

    @Test func `beside a host it says who has the folder, and judges what is durable`() async throws {
        let folders = try await store()
        let log = try await folders.open()
        let report = try verify(folders)
        #expect(report.holder?.hasPrefix("pid ") == true)
        #expect(report.isWhole && report.lastPosition == 40)
        #expect(report.findings.allSatisfy { $0.kind == .inUse })
        try await log.close()
    }

    @Test func `a folder without a log is refused`() async throws {
        let folders = DiskFolders()
        #expect(#expect(throws: EventLogError.self) { try verify(folders) }?.code == "no-log")
        #expect(folders.disk.paths.isEmpty)
    }
}
