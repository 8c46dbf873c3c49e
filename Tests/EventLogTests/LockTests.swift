import Foundation
import TestSupport
import Testing

@testable import EventLog

@Suite struct LockTests {
    @Test func `a second log on one folder is refused at once, and told who holds it`() async throws {
        let log = try LogFolder()
        let opened = try await log.open()
        let holder = "pid \(ProcessInfo.processInfo.processIdentifier)"
        await #expect(throws: EventLogError.locked(folder: log.folder.path, holder: holder)) {
            try await log.open()
        }
        _ = try await opened.commit(LogFolder.frame(0))
        try await opened.close()
        let next = try await log.open()
        #expect(try LogFolder.holds(1, next))
        try await next.close()
    }

    @Test func `folders are made as needed, and a file in their place is named`() async throws {
        let folder = try TemporaryFolder()
        let deep = folder.path("a/b/c")
        let opened = try await DiskLog.open(folder: deep, logger: .quiet)
        try await opened.close()
        #expect(FileManager.default.fileExists(atPath: deep + "/log/00000000000000000001.log"))

        let file = folder.path("file")
        #expect(FileManager.default.createFile(atPath: file, contents: Data()))
        let error = await #expect(throws: EventLogError.self) {
            try await DiskLog.open(folder: file + "/data", logger: .quiet)
        }
        #expect(error?.code == "file-error")
        #expect(error?.description.contains(file) == true)
    }

    @Test func `a new log gets an identity that it keeps`() async throws {
        let identity = LogIdentity(id: .random(), scriptSeed: 42)
        let log = try LogFolder(options: DiskLogOptions(newIdentity: identity))
        let first = try await log.open()
        #expect(first.identity == identity)
        try await first.close()
        let again = try await DiskLog.open(folder: log.folder.path, logger: .quiet)
        #expect(again.identity == identity)
        try await again.close()
    }
}
