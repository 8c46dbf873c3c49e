import EventLog
import TestSupport
import Testing

/// Random histories on an engine and on the model: every answer, refusals included, must be the same.
@Suite struct ModelTests {
    @Test(arguments: 0..<300)
    func `a memory log answers a random history as the model does`(round: UInt64) async throws {
        let clock = TestClock()
        try await History(seed: round, operations: 60).run(
            on: LogFixture(log: MemoryLog(clock: clock.reading), clock: clock, reopen: nil)
        )
    }

    @Test(arguments: 1_000..<1_040)
    func `a disk log answers a random history as the model does, closing and opening included`(
        round: UInt64
    ) async throws {
        let folder = try TemporaryFolder()
        let clock = TestClock()
        let options = DiskLogOptions(segmentBytes: 5_000, groupBytesMax: 1_000)
        let open: @Sendable () async throws -> any EventLog = {
            try await DiskLog.open(
                folder: folder.path,
                options: options,
                clock: clock.reading,
                logger: .quiet
            )
        }
        try await History(seed: round, operations: 40).run(
            on: LogFixture(log: try await open(), clock: clock, reopen: open)
        )
    }
}

/// A history that a seed decides.
///
/// Names come from small sets, so that conditions, marks and keys meet often.
private struct History {
    let seed: UInt64
    let operations: Int

    func run(on start: LogFixture) async throws {
        var random = SeededRandom(seed: seed)
        var fixture = start
        var model = ModelLog()
        var time: LogTime = 1_000
        for number in 0..<operations {
            switch Int.random(in: 0..<20, using: &random) {
            case 0 where number > 0:
                fixture = try await fixture.reopened()
            case 1..<7:
                try compareReads(fixture.log, model, &random)
            default:
                time += LogTime.random(in: 0...5, using: &random)
                fixture.clock.set(time)
                try await compareCommit(fixture.log, &model, frame(&random, model), time)
            }
        }
        try compareAll(fixture.log, model)
        try await fixture.log.close()
    }

    private func compareCommit(
        _ log: any EventLog,
        _ model: inout ModelLog,
        _ frame: NewFrame,
        _ time: LogTime
    ) async throws {
        // A commit doesn't move the clock back, but refused frames leave it where it was.
        let expected = Result { () throws(EventLogError) in try model.commit(frame, time: time) }
        let actual: Result<Receipt, EventLogError>
        do throws(EventLogError) {
            actual = .success(try await log.commit(frame))
        } catch {
            actual = .failure(error)
        }
        try #require(actual == expected, "seed \(seed)")
        try #require(log.lastPosition == model.lastPosition, "seed \(seed)")
    }

    private func compareReads(
        _ log: any EventLog,
        _ model: ModelLog,
        _ random: inout SeededRandom
    ) throws {
        let request = try request(&random, model)
        let batch = try log.read(request)
        #expect(batch.events.map { ModelLog.Event($0) } == model.read(request), "seed \(seed): \(request)")
    }

    private func compareAll(_ log: any EventLog, _ model: ModelLog) throws {
        let all = ReadRequest(.all)
        #expect(try log.read(all).events.map { ModelLog.Event($0) } == model.read(all), "seed \(seed)")
        for stream in Self.streams {
            #expect(try log.revision(of: StreamName(stream)) == model.revision(of: stream), "seed \(seed)")
        }
        for processor in Self.processors {
            #expect(try log.marks(of: processor) == model.marks(of: processor), "seed \(seed)")
        }
    }

    private static let streams = ["a-1", "a-2", "a-1-2", "b-1", "b", "é-1"]
    private static let types = ["T", "U", "V"]
    private static let tags = ["x", "y", "z:1"]
    private static let processors = ["p", "q"]

    private func frame(_ random: inout SeededRandom, _ model: ModelLog) throws -> NewFrame {
        var frame = NewFrame()
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            frame.events.append(
                NewEvent(
                    stream: try StreamName(pick(Self.streams, &random)),
                    type: pick(Self.types, &random),
                    data: (0..<UInt8.random(in: 0...200, using: &random))[...].map { $0 }[...],
                    tags: some(Self.tags, &random)
                )
            )
        }
        if frame.events.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
            let processor = pick(Self.processors, &random)
            let lane = Int.random(in: 0..<2, using: &random)
            let stored = model.marks(of: processor)[lane] ?? 0
            let from = Int.random(in: 0..<5, using: &random) == 0 ? stored + 1 : stored
            frame.marks = [MarkMove(processor: processor, lane: lane, from: from, to: from + 3)]
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            frame.conditions.append(try condition(&random, model))
        }
        if Int.random(in: 0..<3, using: &random) == 0 {
            frame.idempotencyKey = "k\(Int.random(in: 0..<8, using: &random))"
        }
        return frame
    }

    private func condition(
        _ random: inout SeededRandom,
        _ model: ModelLog
    ) throws -> AppendCondition {
        if Bool.random(using: &random) {
            let position = model.lastPosition - min(model.lastPosition, .random(in: 0...4, using: &random))
            return .noEvent(matching: query(&random), after: position)
        }
        let stream = pick(Self.streams, &random)
        let seen = ExpectedRevision(seen: model.revision(of: stream))
        let expected = pick([.any, .none, .exists, .exactly(1), seen, seen, seen], &random)
        return .stream(try StreamName(stream), expected)
    }

    private func request(_ random: inout SeededRandom, _ model: ModelLog) throws -> ReadRequest {
        let filters: [EventFilter] = [
            .all, .stream(try StreamName(pick(Self.streams, &random))),
            .category(pick(["a", "b", "c"], &random)),
            .query(query(&random)),
        ]
        let backwards = Bool.random(using: &random)
        return ReadRequest(
            pick(filters, &random),
            after: pick([0, .max, .random(in: 0...model.lastPosition + 2, using: &random)], &random),
            direction: backwards ? .backwards : .forwards,
            limit: pick([0, 1, 3, 10_000], &random),
            revision: Bool.random(using: &random) ? .random(in: 0...9, using: &random) : nil
        )
    }

    private func query(_ random: inout SeededRandom) -> EventQuery {
        EventQuery(
            types: Set(some(Self.types, &random)),
            tags: Set(some(Self.tags, &random)),
            category: pick([nil, nil, "a", "b"], &random)
        )
    }

    private func pick<Element>(_ elements: [Element], _ random: inout SeededRandom) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private func some(_ elements: [String], _ random: inout SeededRandom) -> [String] {
        elements.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
    }
}
