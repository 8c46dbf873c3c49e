import ArgumentParser
import EventLog
import Logging
import Runtime
import TestSupport
import Testing

@testable import perilune

/// The log of a host as a prompt reads it.
@Suite struct RemoteLogTests {
    private static func attach(_ port: Int) async throws -> (api: APIClient, log: RemoteLog) {
        let api = try APIClient(url: "http://127.0.0.1:\(port)")
        do { return (api, try await RemoteLog.attach(api, BlockingCalls())) } catch {
            await api.close()
            throw error
        }
    }

    /// What the data of a page must be.
    private func check(
        _ log: RemoteLog,
        _ request: ReadRequest,
        gives expected: [String],
        location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try log.read(request).events.map { String(decoding: $0.data, as: UTF8.self) }
        #expect(found == expected, sourceLocation: location)
    }

    @Test func `it reads what the log reads, by any filter, either way, in pages of any size`() async throws {
        let log = MemoryLog()
        try await LiveHost.note(0..<7, to: log)
        try await LiveHost.note(7..<10, to: log, stream: "kunde-Müller-東京")
        try await LiveHost.note(10..<12, to: log)
        try await LiveHost.serving(log) { port in
            let (api, remote) = try await Self.attach(port)
            try await LiveHost.onThread {
                #expect(remote.lastPosition == 12 && remote.identity.id == log.identity.id)
                let filters: [EventFilter] = [
                    .all, .category("note"), .stream(try StreamName("note-1")),
                    .stream(try StreamName("kunde-Müller-東京")), .stream(try StreamName("note-2")),
                    .query(EventQuery(types: ["Noted"], category: "kunde")),
                ]
                for filter in filters {
                    for direction in [ReadRequest.Direction.forwards, .backwards] {
                        for limit in [1, 3, 100] {
                            let near = try Self.all(of: log, filter, direction, limit)
                            let far = try Self.all(of: remote, filter, direction, limit)
                            #expect(near == far, "\(filter) \(direction) \(limit)")
                        }
                    }
                }
                #expect(try remote.revision(of: try StreamName("note-1")) == 8)
                #expect(try remote.revision(of: try StreamName("note-2")) == nil)
            }
            await api.close()
        }
    }

    /// Positions and data, page after page.
    private static func all(
        of log: any EventLog,
        _ filter: EventFilter,
        _ direction: ReadRequest.Direction,
        _ limit: Int
    ) throws -> [String] {
        var request = ReadRequest(filter, after: direction == .forwards ? 0 : .max, direction: direction)
        request.limit = limit
        var found: [String] = []
        while true {
            let page = try log.read(request)
            found += page.events.map {
                "\($0.position) \($0.revision) \(String(decoding: $0.data, as: UTF8.self))"
            }
            if page.reachedEnd { return found }
            request.after = page.scannedTo
        }
    }

    @Test func `a page that may still grow is asked for again, and one that can't isn't`() async throws {
        let log = MemoryLog()
        try await LiveHost.note(0..<3, to: log)
        try await LiveHost.serving(log) { port in
            let (api, remote) = try await Self.attach(port)
            let request = ReadRequest(.category("note"), limit: 2)
            let rest = ReadRequest(.category("note"), after: 2, limit: 2)
            try await LiveHost.onThread {
                try self.check(remote, request, gives: ["0", "1"])
                try self.check(remote, rest, gives: ["2"])
                #expect(try remote.read(rest).reachedEnd)
            }
            // What was an end isn't one any more.
            try await LiveHost.note(3..<6, to: log)
            try await LiveHost.onThread {
                #expect(remote.lastPosition == 3, "as it was told last")
                try self.check(remote, rest, gives: ["2", "3"])
                try remote.refresh()
                #expect(remote.lastPosition == 6)
                let newest = ReadRequest(.all, after: .max, direction: .backwards, limit: 1)
                try self.check(remote, newest, gives: ["5"])
            }
            try await LiveHost.note(6..<7, to: log)
            try await LiveHost.onThread {
                let newest = ReadRequest(.all, after: .max, direction: .backwards, limit: 1)
                try self.check(remote, newest, gives: ["6"])
            }
            await api.close()
        }
    }

    @Test
    func `without its host it says so, knows what it has read, and goes on with the folder's next host`()
        async throws
    {
        let folder = try TemporaryFolder()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (api, remote) = try await first(folder.path, logger)
        let page = ReadRequest(.category("note"), limit: 2)
        try await LiveHost.onThread {
            try self.check(remote, page, gives: ["0", "1"])
            let error = #expect(throws: EventLogError.self) { try remote.refresh() }
            #expect(error?.description.contains(api.url) == true)
            let failure = try #require(remote.takeFailure())
            #expect(failure.code == "host-unreachable" && failure.exitCode.rawValue == 69)
            #expect(failure.hint?.contains("perilune run") == true)
            #expect(remote.takeFailure() == nil, "it is told once")
            #expect(throws: EventLogError.self) { try remote.read(ReadRequest(.all, after: 2, limit: 2)) }
            #expect(remote.lastPosition == 3)
        }
        let port = try #require(Int(api.url.split(separator: ":").last ?? ""))
        let log = try await DiskLog.open(folder: folder.path, logger: logger)
        try await LiveHost.serving(log, port: port) { _ in
            try await LiveHost.note(3..<4, to: log)
            try await LiveHost.onThread {
                try remote.refresh()
                #expect(remote.lastPosition == 4 && remote.takeFailure() == nil)
                try self.check(remote, ReadRequest(.all, after: 2, limit: 9), gives: ["2", "3"])
            }
        }
        try await log.close()
        await api.close()
    }

    /// A host that has gone since, and what was attached to it and has read a page.
    private func first(_ folder: String, _ logger: Logger) async throws -> (api: APIClient, log: RemoteLog) {
        let log = try await DiskLog.open(folder: folder, logger: logger)
        try await LiveHost.note(0..<3, to: log)
        let attachment = try await attachedBefore(log)
        try await log.close()
        return attachment
    }

    /// What was attached to a host of a log that is gone by now, and has read a page.
    private func attachedBefore(_ log: any EventLog) async throws -> (api: APIClient, log: RemoteLog) {
        let (attached, continuation) = AsyncStream<(api: APIClient, log: RemoteLog)>.makeStream()
        try await LiveHost.serving(log) { port in
            let attachment = try await Self.attach(port)
            try await LiveHost.onThread {
                try self.check(attachment.log, ReadRequest(.category("note"), limit: 2), gives: ["0", "1"])
            }
            continuation.yield(attachment)
        }
        for await attachment in attached { return attachment }
        throw CancellationError()
    }

    @Test func `another log at the same address is refused, and one that lost events is read anew`()
        async throws
    {
        let before = MemoryLog(identity: Self.identity)
        try await LiveHost.note(0..<4, to: before)
        let (api, remote) = try await attachedBefore(before)
        let port = try #require(Int(api.url.split(separator: ":").last ?? ""))
        let other = MemoryLog()
        try await LiveHost.note(0..<9, to: other)
        try await LiveHost.serving(other, port: port) { _ in
            try await LiveHost.onThread {
                let error = #expect(throws: EventLogError.self) { try remote.refresh() }
                #expect(error?.description.contains("another one answers") == true)
            }
        }
        let restored = MemoryLog(identity: Self.identity)
        try await LiveHost.note(10..<13, to: restored)
        try await LiveHost.serving(restored, port: port) { _ in
            try await LiveHost.onThread {
                try remote.refresh()
                try self.check(remote, ReadRequest(.category("note"), limit: 2), gives: ["10", "11"])
            }
        }
        await api.close()
    }

    private static let identity = LogIdentity(
        id: EventID(high: 0x1111_2222_3333_4444, low: 0x5555_0000_0000_0000),
        scriptSeed: 7
    )

    @Test func `an address where something else answers is no host, and nobody is one that is away`()
        async throws
    {
        let server = try RawServer { _, _ in
            .bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        }
        let error = await #expect(throws: ClientError.self) { _ = try await Self.attach(server.port) }
        #expect(error?.code == "unexpected-answer")
        server.stop()
        let away = await #expect(throws: ClientError.self) { _ = try await Self.attach(server.port) }
        #expect(away?.code == "host-unreachable" && away?.exitCode.rawValue == 69)
    }

    @Test func `an interrupted wait ends, and the next one is answered`() async throws {
        let body = #"{"app":"a","position":1,"log":"11112222-3333-4444-5555-000000000000"}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n"
        let silent = try RawServer { _, number in number == 2 ? .silence : .bytes(head + body) }
        let api = try APIClient(url: "http://127.0.0.1:\(silent.port)")
        let calls = BlockingCalls()
        let remote = try await RemoteLog.attach(api, calls)
        async let refused: Void = LiveHost.onThread {
            #expect(throws: EventLogError.self) { try remote.refresh() }
        }
        await silent.until(requests: 2)
        calls.cancel()
        try await refused
        try await LiveHost.onThread { try remote.refresh() }
        silent.stop()
        await api.close()
    }
}
