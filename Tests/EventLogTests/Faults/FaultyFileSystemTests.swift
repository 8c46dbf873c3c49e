import TestSupport
import Testing

@testable import EventLog

/// Whether the disk in memory forgets and tears as it says: the tests of the log stand on it.
@Suite struct FaultyFileSystemTests {
    private let path = "/data/file"

    /// A disk with a folder, and in it a durable file of these bytes.
    private func disk(_ bytes: [UInt8] = []) throws -> (FaultyFileSystem, any File) {
        let disk = FaultyFileSystem()
        try disk.makeFolder("/data")
        let file = try disk.open(path, .create)
        if !bytes.isEmpty { try file.write(bytes[...], at: 0) }
        try file.flush()
        try disk.flushFolder("/data")
        return (disk, file)
    }

    private func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }

    /// What a file may be after a power cut.
    private func survivors(_ disk: FaultyFileSystem, seeds: Int = 300) -> Set<[UInt8]> {
        Set((0..<UInt64(seeds)).map { disk.powerCut(seed: $0).contents(of: path) ?? [] })
    }

    @Test func `bytes read back as written, over chunks, gaps and zeros`() throws {
        let (disk, file) = try disk()
        var random = SeededRandom(seed: 1)
        var expected: [UInt8] = []
        for _ in 0..<200 {
            let offset = Int.random(in: 0..<60_000, using: &random)
            let byte = UInt8.random(in: 0...2, using: &random)
            let part = bytes(byte, .random(in: 0...20_000, using: &random))
            if Int.random(in: 0..<10, using: &random) == 0 {
                try file.truncate(to: offset)
                expected = Array(expected.prefix(offset)) + bytes(0, max(0, offset - expected.count))
            } else if !part.isEmpty {
                try file.write(part[...], at: offset)
                expected += bytes(0, max(0, offset + part.count - expected.count))
                expected.replaceSubrange(offset..<offset + part.count, with: part)
            }
            try #require(try file.read(100_000, at: 0) == expected)
            try #require(try file.size() == expected.count)
        }
        #expect(try file.read(10, at: expected.count - 4).count == 4)
        #expect(try file.read(10, at: expected.count + 4).isEmpty)
        #expect(disk.contents(of: path) == expected)
        let mapped = try file.map()
        withExtendedLifetime(mapped) { #expect(Array(mapped.bytes) == expected) }
    }

    @Test func `what was flushed survives every power cut`() throws {
        let (disk, file) = try disk(bytes(7, 3_000))
        try file.write(bytes(8, 700)[...], at: 100)
        try file.truncate(to: 1_000)
        try file.flush()
        #expect(survivors(disk) == [bytes(7, 100) + bytes(8, 700) + bytes(7, 200)])
    }

    @Test func `a sector that was not flushed is old, new or as it was in between, each by itself`() throws {
        let (disk, file) = try disk(bytes(1, 1_024))
        try file.write(bytes(2, 1_024)[...], at: 0)
        try file.write(bytes(3, 512)[...], at: 0)
        let whole = survivors(disk).filter { content in
            Set(content[..<512]).count == 1 && Set(content[512...]).count == 1
        }
        let pairs = Set(whole.map { [$0[0], $0[512]] })
        #expect(pairs == [[1, 1], [1, 2], [2, 1], [2, 2], [3, 1], [3, 2]])
    }

    @Test func `at most one sector is torn, and holds a part of each of two versions`() throws {
        let (disk, file) = try disk(bytes(1, 2_048))
        try file.write(bytes(2, 2_048)[...], at: 0)
        var torn = 0
        for content in survivors(disk) {
            let mixed = stride(from: 0, to: 2_048, by: 512).filter { Set(content[$0..<$0 + 512]).count > 1 }
            torn += mixed.count
            #expect(mixed.count <= 1)
            for sector in mixed {
                let part = content[sector..<sector + 512]
                let turns = zip(part, part.dropFirst()).count { $0 != $1 }
                #expect(turns == 1)
            }
        }
        #expect(torn > 0)
    }

    @Test func `a file that grew has any length between, and zeros where nothing arrived`() throws {
        let (disk, file) = try disk(bytes(1, 600))
        try file.write(bytes(2, 1_000)[...], at: 600)
        let contents = survivors(disk)
        #expect(contents.contains(bytes(1, 600)))
        #expect(contents.contains(bytes(1, 600) + bytes(2, 1_000)))
        #expect(contents.contains { $0.count == 1_600 && $0[1_100] == 0 })
        #expect(contents.contains { $0.count > 600 && $0.count < 1_600 })
        #expect(contents.allSatisfy { $0.starts(with: bytes(1, 600)) })
    }

    @Test func `a file that was cut is whole or cut after a power cut`() throws {
        let (disk, file) = try disk(bytes(1, 2_000))
        try file.truncate(to: 700)
        #expect(survivors(disk) == [bytes(1, 2_000), bytes(1, 700)])
        try file.write(bytes(2, 100)[...], at: 700)
        // The write cannot arrive before the cut does.
        #expect(survivors(disk).isSubset(of: expectedAfterCut))
    }

    private var expectedAfterCut: Set<[UInt8]> {
        let cut = (0...100).flatMap { length in
            // Of the write some bytes, at the front or the back, when its sector is torn.
            (0...length).flatMap { kept in
                [
                    bytes(1, 700) + bytes(2, kept) + bytes(0, length - kept),
                    bytes(1, 700) + bytes(0, length - kept) + bytes(2, kept),
                ]
            }
        }
        return Set([bytes(1, 2_000)] + cut)
    }

    @Test func `names that were not flushed survive in order, up to some moment`() throws {
        let (disk, _) = try disk()
        _ = try disk.open("/data/a", .create)
        try disk.rename("/data/a", to: "/data/b")
        try disk.remove(path)
        let found = Set((0..<100 as Range<UInt64>).map { disk.powerCut(seed: $0).paths })
        #expect(found == [[path], ["/data/a", path], ["/data/b", path], ["/data/b"]])
        #expect(try disk.names(in: "/data") == ["b"])
        try disk.flushFolder("/data")
        #expect(disk.powerCut(seed: 1).paths == ["/data/b"])
    }

    @Test func `a file that takes another's name replaces it, and who has the old one open keeps it`() throws
    {
        let (disk, old) = try disk([1])
        try disk.replace(path, with: [2, 2])
        #expect(disk.paths == [path])
        #expect(survivors(disk) == [[2, 2]])
        #expect(try old.read(10, at: 0) == [1])
    }

    @Test func `a killed process leaves what it wrote, and no locks`() throws {
        let (disk, file) = try disk([1])
        try file.write([2, 3][...], at: 0)
        #expect(try file.lock())
        let found = disk.processKill()
        #expect(found.contents(of: path) == [2, 3])
        #expect(found.operationCount == 0)
        #expect(try found.open(path, .write).lock())
        // What the process didn't flush is no safer for its end.
        #expect(survivors(found).contains([1]))
        #expect(survivors(found).contains([2, 3]))
    }

    @Test func `a file is locked by one of those who have it open, until that one lets go or ends`() throws {
        let (disk, first) = try disk()
        let second = try disk.open(path, .write)
        #expect(try first.lock())
        #expect(try first.lock())
        #expect(try !second.lock())
        second.unlock()
        #expect(try !second.lock())
        first.unlock()
        #expect(try second.lock())
        do {
            #expect(try !disk.open(path, .read).lock())
            second.unlock()
            #expect(try disk.open(path, .read).lock())
        }
        #expect(try first.lock())
    }

    @Test func `the same seed gives the same disk`() throws {
        let (disk, file) = try disk(bytes(1, 5_000))
        try file.write(bytes(2, 4_000)[...], at: 500)
        for seed in 0..<50 as Range<UInt64> {
            #expect(
                disk.powerCut(seed: seed).contents(of: path) == disk.powerCut(seed: seed).contents(of: path)
            )
        }
    }

    @Test func `a flipped bit is on the disk and in the cache`() throws {
        let (disk, _) = try disk([0, 0, 0])
        disk.flipBit(in: path, at: 2)
        #expect(disk.contents(of: path) == [0, 0, 4])
        #expect(survivors(disk) == [[0, 0, 4]])
    }
}
