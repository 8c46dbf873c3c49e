import Logging
import TestSupport
import Testing

@testable import EventLog

/// What callers are told when writing fails, and while a log closes.
@Suite struct FailureTests {
    @Test(arguments: [FileFault.ioError, .shortWrite])
    func `the first write that fails leaves its commit unknown, refuses later ones, and reads go on`(
        fault: FileFault
    ) async throws {
        let disk = FaultyFileSystem()
        var options = DiskLogOptions()
        options.fileSystem = disk
        options.background = .inline
        let log = try await DiskLog.open(folder: "/data", options: options, clock: { 1_000 }, logger: .quiet)
        for number in 0..<3 { _ = try await log.commit(LogFolder.frame(number)) }
        disk.fail(operation: disk.operationCount + 1, with: fault)
        let error = await #expect(throws: EventLogError.self) { try await log.commit(LogFolder.frame(3)) }
        guard case .outcomeUnknown(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("write"))
        await #expect(throws: EventLogError.readOnly(reason: reason)) {
            try await log.commit(LogFolder.frame(4))
        }
        #expect(log.readOnlyReason == reason)
        // Nothing of the failed frame is visible: no event, no key, no mark.
        #expect(try LogFolder.holds(3, log))
        #expect(try log.receipt(forKey: "key-3") == nil)
        #expect(try log.revision(of: StreamName("order-3")) == nil)
        try await log.close()
        options.fileSystem = disk.processKill()
        let opened = try await DiskLog.open(folder: "/data", options: options, logger: .quiet)
        #expect(try LogFolder.holds(3, opened))
        try await opened.close()
    }

    @Test func `each commit that meets a closing log is either durable or told that it is not`() async throws
    {
        let log = try LogFolder()
        let opened = try await log.open()
        let acknowledged = await withTaskGroup(of: Position?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        let event = try NewEvent.sample("A", "order-\(number)")
                        return try await opened.commit(NewFrame(events: [event])).firstPosition
                    } catch {
                        #expect(error as? EventLogError == .closed)
                        return nil
                    }
                }
            }
            group.addTask {
                // Closing twice at once is closing once.
                async let first: Void = opened.close()
                async let second: Void = opened.close()
                do {
                    _ = try await (first, second)
                } catch {
                    Issue.record(error)
                }
                return nil
            }
            return await group.reduce(into: Set<Position>()) { if let position = $1 { $0.insert(position) } }
        }
        let again = try await log.open()
        #expect(Set(try again.read(ReadRequest(.all)).events.map(\.position)) == acknowledged)
        try await again.close()
    }

    @Test
    func `a log that is dropped without being closed writes what was queued, and lets go of the folder`()
        async throws
    {
        let log = try LogFolder()
        let queue = try await appendAndDrop(log)
        await queue.waitUntilFinished()
        let again = try await log.open()
        #expect(try LogFolder.holds(1, again))
        try await again.close()
    }

    private func appendAndDrop(_ log: LogFolder) async throws -> CommitQueue {
        let opened = try await log.open()
        _ = try await opened.commit(LogFolder.frame(0))
        return opened.queue
    }

    @Test func `commits beyond what may be queued wait their turn, in order`() async throws {
        let queue = CommitQueue(bytesMax: 250)
        let frames = try (0..<10).map { try LogFolder.frame($0) }
        let answers = await withTaskGroup(of: Result<Receipt, EventLogError>.self) { group in
            for frame in frames {
                await withCheckedContinuation { pushed in
                    group.addTask {
                        await withCheckedContinuation {
                            queue.push(PendingCommit(frame: frame, size: 100, continuation: $0))
                            pushed.resume()
                        }
                    }
                }
            }
            var taken: [String?] = []
            for _ in 0..<4 {
                let commits = queue.take(bytesMax: 1_000) ?? []
                #expect(commits.count == 2)
                taken += commits.map(\.frame.idempotencyKey)
                for commit in commits { commit.answer(.failure(.invalidFrame(reason: "taken"))) }
            }
            #expect(taken == frames.prefix(8).map(\.idempotencyKey))
            queue.close()
            let rest = queue.take(bytesMax: 1_000) ?? []
            for commit in rest { commit.answer(.failure(.invalidFrame(reason: "taken"))) }
            #expect(rest.count == 2)
            #expect(queue.take(bytesMax: 1_000)?.count == nil)
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 10)
    }
}
