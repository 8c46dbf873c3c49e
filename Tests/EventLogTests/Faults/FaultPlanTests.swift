import TestSupport
import Testing

@testable import EventLog

/// What a planned fault does to the operation that it meets, and to those behind it.
@Suite struct FaultPlanTests {
    private let path = "/data/file"

    /// A disk with a folder, and in it a file of a thousand ones.
    private func disk() throws -> (FaultyFileSystem, any File) {
        let disk = FaultyFileSystem()
        disk.setContents(of: path, [UInt8](repeating: 1, count: 1_000))
        return (disk, try disk.open(path, .write))
    }

    private let twos = [UInt8](repeating: 2, count: 1_000)

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? EventLogError)?.code ?? "\(error)"
        }
    }

    @Test func `operations are numbered and can be read`() throws {
        let (disk, file) = try disk()
        try file.write([2, 2][...], at: 10)
        _ = try file.read(4, at: 0)
        try file.flush()
        #expect(
            disk.operations == [
                "1 open /data/file", "2 write /data/file 10..<12", "3 read /data/file 0..<4",
                "4 flush /data/file",
            ]
        )
        #expect(disk.operationCount == 4)
        #expect(disk.changingOperations == [2, 4])
    }

    @Test func `the operation before the power cut happens, and nothing behind it`() throws {
        let (disk, file) = try disk()
        disk.cutPower(afterOperation: 3)
        try file.write(twos[...], at: 0)
        #expect(!disk.isOff)
        try file.flush()
        #expect(disk.isOff)
        let error = #expect(throws: EventLogError.self) { try file.write([9][...], at: 0) }
        #expect(error == .file(operation: "write", path: path, reason: "the power is off"))
        #expect(code { _ = try file.size() } == "file-error")
        #expect(code { _ = try disk.open(path, .read) } == "file-error")
        #expect(!disk.exists(path))
        #expect(disk.operationCount == 3)
        let found = disk.powerCut(seed: 4)
        #expect(found.contents(of: path) == twos)
        #expect(found.exists(path))
    }

    @Test func `an operation fails once, or from its number on`() throws {
        let (disk, file) = try disk()
        disk.fail(operation: 3, with: .ioError)
        #expect(code { _ = try file.size() } == nil)
        #expect(code { _ = try file.size() } == "file-error")
        #expect(code { _ = try file.size() } == nil)
        disk.fail(operation: 5, with: .ioError, forGood: true)
        #expect(code { _ = try file.size() } == "file-error")
        #expect(code { _ = try file.lock() } == "file-error")
        #expect(disk.faultCount == 3)
        disk.mend()
        #expect(code { _ = try file.lock() } == nil)
    }

    @Test func `a write that is refused changes nothing, a short one a part`() throws {
        for seed in 0..<20 as Range<UInt64> {
            let disk = FaultyFileSystem(seed: seed)
            disk.setContents(of: path, [])
            let file = try disk.open(path, .write)
            disk.fail(operation: 2, with: .ioError)
            #expect(code { try file.write(twos[...], at: 0) } == "file-error")
            #expect(disk.contents(of: path) == [])
            disk.fail(operation: 3, with: .shortWrite)
            #expect(code { try file.write(twos[...], at: 0) } == "file-error")
            let written = try #require(disk.contents(of: path)).count
            #expect(written < 1_000)
            disk.fail(operation: 4, with: .diskFull)
            #expect(code { try file.write(twos[...], at: 0) } == "disk-full")
            #expect(try #require(disk.contents(of: path)).count < 1_000)
        }
    }

    @Test func `a flush that fails loses what it was to write, and shows it until the cache is dropped`()
        throws
    {
        let (disk, file) = try disk()
        let before = try file.read(1_000, at: 0)
        try file.write(twos[...], at: 0)
        disk.fail(operation: 4, with: .ioError)
        #expect(code { try file.flush() } == "file-error")
        // The second one has nothing to write, so it succeeds.
        try file.flush()
        #expect(try file.read(1_000, at: 0) == twos)
        #expect(disk.powerCut(seed: 1).contents(of: path) == before)
        let restarted = disk.processKill()
        #expect(restarted.contents(of: path) == twos)
        let again = try restarted.open(path, .write)
        again.forgetCache()
        #expect(try again.read(1_000, at: 0) == before)
        file.forgetCache()
        #expect(try file.read(1_000, at: 0) == before)
    }

    @Test func `behind a failed flush only what is written anew becomes durable`() throws {
        let (disk, file) = try disk()
        try file.write(twos[...], at: 0)
        disk.fail(operation: 3, with: .diskFull)
        #expect(code { try file.flush() } == "disk-full")
        try file.write([3][...], at: 600)
        file.forgetCache()
        // The sector that is dirty again stays in the cache, with all that it holds.
        #expect(try Set(file.read(512, at: 0)) == [1])
        #expect(try Set(file.read(400, at: 520)) == [2, 3])
        try file.flush()
        let found = try #require(disk.powerCut(seed: 1).contents(of: path))
        #expect(Set(found[..<512]) == [1])
        #expect(found[600] == 3)
    }

    @Test func `a flush that fails half way has written some sectors`() throws {
        var found: Set<[UInt8]> = []
        for seed in 0..<100 as Range<UInt64> {
            let disk = FaultyFileSystem(seed: seed)
            disk.setContents(of: path, [UInt8](repeating: 1, count: 1_024))
            let file = try disk.open(path, .write)
            try file.write([UInt8](repeating: 2, count: 1_024)[...], at: 0)
            disk.fail(operation: 3, with: .shortWrite)
            #expect(code { try file.flush() } == "file-error")
            let content = try #require(disk.powerCut(seed: 1).contents(of: path))
            found.insert([content[0], content[512]])
        }
        #expect(found.isSuperset(of: [[1, 1], [1, 2], [2, 1]]))
    }

    @Test func `a full disk takes what has room, and lets bytes that have it be written over`() throws {
        let (disk, file) = try disk()
        disk.capacity = 1_500
        #expect(try disk.freeBytes(in: "/data") == 500)
        #expect(code { try file.write(twos[...], at: 900) } == "disk-full")
        #expect(disk.contents(of: path)?.count == 1_500)
        #expect(try disk.freeBytes(in: "/data") == 0)
        try file.write(twos[...], at: 0)
        #expect(code { try file.allocate(upTo: 1_600) } == "disk-full")
        #expect(try file.size() == 1_500)
        disk.capacity = nil
        try file.allocate(upTo: 1_600)
        #expect(try file.read(200, at: 1_500) == [UInt8](repeating: 0, count: 100))
        try disk.remove(path)
        disk.capacity = 100
        #expect(try disk.freeBytes(in: "/data") == 100)
    }

    @Test func `a full disk refuses only what needs room`() throws {
        let (disk, file) = try disk()
        disk.fail(operation: 2, with: .diskFull, forGood: true)
        #expect(try file.read(10, at: 0).count == 10)
        #expect(try file.lock())
        #expect(code { try file.allocate(upTo: 2_000) } == "disk-full")
        #expect(code { _ = try disk.open("/data/new", .create) } == "disk-full")
        try disk.remove(path)
        #expect(disk.paths.isEmpty)
    }

    @Test func `a missing file or folder is refused`() throws {
        let (disk, file) = try disk()
        #expect(code { _ = try disk.open("/data/none", .write) } == "file-error")
        #expect(code { _ = try disk.open("/none/file", .create) } == "file-error")
        #expect(code { try disk.rename("/data/none", to: "/data/x") } == "file-error")
        #expect(code { try disk.remove("/data/none") } == "file-error")
        #expect(code { _ = try disk.names(in: "/none") } == "file-error")
        #expect(code { try disk.flushFolder("/none") } == "file-error")
        #expect(code { try disk.open(path, .read).write([1][...], at: 0) } == "file-error")
        #expect(try file.size() == 1_000)
    }
}
