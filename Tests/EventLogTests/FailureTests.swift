import Logging
import TestSupport
import Testing

@testable import EventLog

/// What callers are told when writing fails, and while a log closes.
@Suite struct FailureTests {
    /// A writer over a real log's files whose newest segment refuses to be written: it is open for reading
    /// only.
    private func brokenWriter(_ log: LogFolder) async throws -> DiskWriter.Shared {
        try await log.append(3)
        let path = try log.segmentPaths()[0]
        var recovery = Recovery(folder: log.folder.path("log"), options: log.options)
        try recovery.run()
        let header = try #require(recovery.segments.last?.header)
        let readable = Segment(file: try log.options.fileSystem.open(path, .read), header: header)
        let index = SharedIndex(recovery.index)
        let files = SegmentFiles([readable])
        let shared = DiskWriter.Shared(
            index: index,
            files: files,
            reader: LogReader(index: index, source: files, identity: header.identity),
            waiters: Waiters(index: index),
            queue: CommitQueue(),
            failure: LogFailure(nil),
            logger: .quiet
        )
        let writer = DiskWriter(
            sequencer: Sequencer(
                index: index,
                identity: header.identity,
                from: recovery.start,
                clock: { 1_000 }
            ),
            segment: readable,
            folder: log.folder.path("log"),
            options: log.options,
            shared: shared
        )
        try LogThread.start {
            writer.run()
            shared.queue.finish()
        }
        return shared
    }

    private func commit(_ frame: NewFrame, _ queue: CommitQueue) async -> Result<Receipt, EventLogError> {
        await withCheckedContinuation {
            queue.push(PendingCommit(frame: frame, size: 100, continuation: $0))
        }
    }

    @Test func `the first write that fails leaves its commit unknown, refuses later ones, and reads go on`()
        async throws
    {
        let log = try LogFolder()
        let shared = try await brokenWriter(log)
        let first = await commit(try LogFolder.frame(3), shared.queue)
        guard case .failure(.outcomeUnknown(let reason)) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(reason.contains("write"))
        let later = await commit(try LogFolder.frame(4), shared.queue)
        #expect(later == .failure(.readOnly(reason: reason)))
        #expect(shared.failure.reason == reason)
        // Nothing of the failed frame is visible: no event, no key, no mark.
        #expect(shared.index.lastPosition == 3)
        #expect(try shared.reader.read(ReadRequest(.all)).events.count == 3)
        #expect(try shared.reader.receipt(forKey: "key-3") == nil)
        #expect(shared.index.withIndex { $0.visibleMarks(of: "p") } == [0: 3])
        #expect(try shared.index.withIndex { try $0.visibleRevision(of: StreamName("order-3")) } == nil)
        shared.queue.close()
        await shared.queue.waitUntilFinished()
        let opened = try await log.open()
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
