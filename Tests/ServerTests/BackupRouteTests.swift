import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

/// Copying the log of a running host over HTTP.
@Suite(.unlessItHangs)
struct BackupRouteTests {
    /// Runs `body` against a server over a log on the disk, with some events in several segments.
    private static func run(
        _ body: @Sendable @escaping (TestServer, _ folder: String) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let log = try await DiskLog.open(
            folder: folder.path,
            options: DiskLogOptions(segmentBytes: 5_000),
            clock: { TestServer.time },
            logger: TestServer.quiet
        )
        try await TestServer.run(over: log) { server in
            for number in 0..<40 { try await server.append("Noted", to: "note-\(number)", #"{"a":1}"#) }
            try await body(server, folder.path)
        }
        try await log.close()
    }

    @Test func `the list names every segment with what is durable of it`() async throws {
        try await Self.run { server, _ in
            let answer = try await server.get("/backup")
            #expect(answer.status == 200)
            let list = try answer.json
            #expect(list["log"] == .string(server.log.identity.id.description))
            #expect(list["position"] == 40)
            let segments = try #require(list["segments"]?.array)
            #expect(segments.count > 2)
            #expect(segments.map { $0["ended"]?.bool }.dropLast().allSatisfy { $0 == true })
            #expect(segments.last?["ended"] == false)
            #expect(segments.first?["name"] == "00000000000000000001.log")
            #expect(segments.first?["chain"] == 0)
        }
    }

    @Test func `the bytes of all segments make a backup that verifies`() async throws {
        try await Self.run { server, folder in
            let listing = try server.log.backup().listing
            let target = try TemporaryFolder()
            let backup = target.path("backup")
            var writer = try BackupWriter(folder: backup, listing: listing)
            while let part = try writer.next() {
                let path = "/backup/\(part.segment.name)?from=\(part.offset)&to=\(part.segment.bytes)"
                let answer = try await server.get(path)
                #expect(answer.status == 200)
                #expect(answer.header("Content-Type") == "application/octet-stream")
                #expect(answer.header("Content-Length") == "\(part.segment.bytes - part.offset)")
                try writer.write(answer.bytes[...])
            }
            #expect(try writer.finish().lastPosition == 40)
            let report = try LogVerifier.run(backup)
            #expect(report.findings.isEmpty && report.lastPosition == 40)
            #expect(try LogVerifier.run(folder).isWhole, "and the log is as it was")
        }
    }

    @Test func `a part of a segment is given from an offset, and to its durable end`() async throws {
        try await Self.run { server, _ in
            let segment = try #require(try server.log.backup().listing.segments.last)
            let path = "/backup/\(segment.name)"
            let whole = try await server.get(path).bytes
            #expect(whole.count == segment.bytes)
            #expect(try await server.get("\(path)?from=100&to=300").bytes == Array(whole[100..<300]))
            #expect(try await server.get("\(path)?from=\(segment.bytes)").bytes.isEmpty)
            for wrong in [
                "from=\(segment.bytes + 1)", "to=\(segment.bytes + 8)", "from=9&to=8", "from=-1", "at=3",
            ] {
                let answer = try await server.get("\(path)?\(wrong)")
                #expect(answer.status == 400 && answer.code == "invalid-input", "\(wrong)")
            }
        }
    }

    @Test(arguments: [
        "LOCK", "MANIFEST", "00000000000000000002.log", "00000000000000000001.idx", "1", "log",
        "%2e%2e%2fLOCK", "..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "00000000000000000001.log%00",
    ])
    func `a name that the log doesn't list is none, whatever file it may be`(name: String) async throws {
        try await Self.run { server, _ in
            let answer = try await server.get("/backup/\(name)")
            #expect([400, 404].contains(answer.status))
            #expect(["unknown-segment", "invalid-name"].contains(answer.code))
        }
    }

    @Test func `a log in memory has no backup`() async throws {
        try await TestServer.run { server in
            for path in ["/backup", "/backup/00000000000000000001.log"] {
                let answer = try await server.get(path)
                #expect(answer.status == 501 && answer.code == "not-available")
            }
        }
    }
}
