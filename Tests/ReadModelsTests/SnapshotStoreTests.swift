import Foundation
import ReadModels
import Testing

/// What is kept of folds between two lives of a host.
struct SnapshotStoreTests {
    private static func snapshot(_ stream: String, revision: UInt64 = 7, code: String = "a") -> Snapshot {
        Snapshot(
            stream: stream,
            code: code,
            revision: revision,
            position: .max,
            time: -1,
            state: [0, 255, 1]
        )
    }

    private static func inFolder(_ body: (String) throws -> Void) throws {
        let name = "snapshots-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appending(path: name).path
        // A test that failed before the store made its folder leaves none.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `a snapshot comes back as it was saved, also from the next store`() throws {
        try Self.inFolder { folder in
            let store = try SnapshotStore(folder: folder)
            try store.save(Self.snapshot("box-1"))
            #expect(try store.snapshot(of: "box-1", code: "a") == Self.snapshot("box-1"))
            #expect(try store.snapshot(of: "box-2", code: "a") == nil)
            try store.close()
            let next = try SnapshotStore(folder: folder)
            #expect(try next.snapshot(of: "box-1", code: "a") == Self.snapshot("box-1"))
            try next.close()
        }
    }

    @Test func `a stream has one snapshot, and none for another code`() throws {
        try Self.inFolder { folder in
            let store = try SnapshotStore(folder: folder)
            try store.save(Self.snapshot("box-1"))
            try store.save(Self.snapshot("box-1", revision: 9, code: "b"))
            #expect(try store.snapshot(of: "box-1", code: "a") == nil)
            #expect(try store.snapshot(of: "box-1", code: "b")?.revision == 9)
            try store.close()
            #expect(throws: ReadModelError.closed) { try store.snapshot(of: "box-1", code: "b") }
        }
    }

    @Test func `a file that is none of ours is begun anew`() throws {
        try Self.inFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("no database at all, but long enough to look".utf8).write(
                to: URL(fileURLWithPath: folder + "/snapshots.sqlite")
            )
            let store = try SnapshotStore(folder: folder)
            try store.save(Self.snapshot("box-1"))
            #expect(try store.snapshot(of: "box-1", code: "a") != nil)
            try store.close()
        }
    }
}
