import EventLog
import TestSupport

/// What was submitted to a log, over any number of openings, and what the log said to each frame.
///
/// From that follows what a log may hold after a fault:
/// - a frame that was acknowledged is there, and its receipt was right;
/// - one whose outcome is unknown is there whole or isn't, and if it isn't, none behind it is either;
/// - one that was refused isn't there;
/// - nothing else is, and marks, keys, revisions and filtered reads say the same as the events.
struct AcknowledgedHistory {
    private struct Submission {
        let frame: NewFrame
        let answer: Result<Receipt, EventLogError>
    }

    /// The time that logs under such a history show.
    static let time: LogTime = 1_000
    /// The processor that frames move marks of.
    static let processor = "p"

    /// What the log held when it was last opened and checked.
    private var settled = ModelLog(identity: FaultHistory.identity)
    private var receipts: [String: Receipt] = [:]
    /// What was submitted since.
    private var recent: [Submission] = []
    private var keys: Set<String> = []

    /// How many frames were submitted, again or for the first time.
    private(set) var count = 0
    /// How many of them were acknowledged.
    private(set) var acknowledgedCount = 0
    /// The codes of what commits were refused with.
    private(set) var refusals: Set<String> = []
    /// The frames that turned out to be lost when the log was last opened and checked; nobody was told that
    /// they were done.
    private(set) var lost: [NewFrame] = []
    /// The newest frame that carried an idempotency key.
    private(set) var newestKeyed: NewFrame?

    /// The mark that the next frame of a lane has to move.
    func mark(of lane: Int) -> Position {
        recent.reduce(settled.marks(of: Self.processor)[lane] ?? 0) { mark, submission in
            guard case .success = submission.answer else { return mark }
            return submission.frame.marks.filter { $0.lane == lane }.map(\.to).max() ?? mark
        }
    }

    /// Commits a frame, and notes what the log says.
    mutating func submit(_ frame: NewFrame, to log: any EventLog) async {
        note(frame, await Self.answer(log, frame))
    }

    /// Commits frames at once, in this order: the first in a group of its own, and the others, which come
    /// while it is written, in the next.
    mutating func submit(_ frames: [NewFrame], to log: any EventLog, on disk: FaultyFileSystem) async {
        let answers = await withTaskGroup(of: (Int, Result<Receipt, EventLogError>).self) { group in
            func start(_ numbers: Range<Int>) {
                for number in numbers {
                    let frame = frames[number]
                    Self.start(&group) { (number, await Self.answer(log, frame)) }
                }
            }
            if log.readOnlyReason == nil, frames.count > 1 {
                disk.holdBack(first: { start(0..<1) }, rest: { start(1..<frames.count) })
            } else {
                start(frames.indices)
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (number, frame) in frames.enumerated() {
            note(frame, answers[number] ?? .failure(.closed))
        }
    }

    /// Begins a task with what it does before its first wait, so that commits queue up in order.
    private static func start<Outcome>(
        _ group: inout TaskGroup<Outcome>,
        _ body: @escaping @Sendable () async -> Outcome
    ) {
        if #available(macOS 26, *) {
            group.addImmediateTask(operation: body)
        } else {
            group.addTask(operation: body)
        }
    }

    private static func answer(
        _ log: any EventLog,
        _ frame: NewFrame
    ) async -> Result<Receipt, EventLogError> {
        do throws(EventLogError) {
            return .success(try await log.commit(frame))
        } catch {
            return .failure(error)
        }
    }

    private mutating func note(_ frame: NewFrame, _ answer: Result<Receipt, EventLogError>) {
        recent.append(Submission(frame: frame, answer: answer))
        count += 1
        switch answer {
        case .success: acknowledgedCount += 1
        case .failure(let error): refusals.insert(error.code)
        }
        if let key = frame.idempotencyKey {
            keys.insert(key)
            newestKeyed = frame
        }
    }

    /// Holds a log that has just been opened against the history; from now on what it holds is certain.
    ///
    /// - Throws: `HistoryFault` for a log that holds something else.
    mutating func settle(_ log: any EventLog) throws {
        let found = try check(log, countsUnknown: true)
        (settled, receipts, lost) = (found.model, found.receipts, found.lost)
        recent = []
    }

    /// Holds a log that goes on against the history: frames whose outcome is unknown are not to be seen.
    func check(_ log: any EventLog) throws {
        _ = try check(log, countsUnknown: false)
    }

    private func check(
        _ log: any EventLog,
        countsUnknown: Bool
    ) throws -> (model: ModelLog, receipts: [String: Receipt], lost: [NewFrame]) {
        let events = try log.read(ReadRequest(.all)).events
        let bodies = Set(events.map { Array($0.data) })
        let marks = try log.marks(of: Self.processor)
        var model = settled
        var receipts = receipts
        var lost: [NewFrame] = []
        for submission in recent {
            let frame = submission.frame
            switch submission.answer {
            case .failure(.outcomeUnknown) where countsUnknown:
                let isThere =
                    frame.events.first.map { bodies.contains(Array($0.data)) }
                    ?? frame.marks.allSatisfy { marks[$0.lane] ?? 0 >= $0.to }
                guard isThere else {
                    lost.append(frame)
                    continue
                }
                if let firstLost = lost.first {
                    throw HistoryFault("\(frame.name) is there, and \(firstLost.name) before it is not")
                }
                try Self.apply(frame, to: &model, &receipts)
            case .failure: continue
            case .success(let receipt):
                let expected = try Self.apply(frame, to: &model, &receipts)
                guard receipt == expected else {
                    throw HistoryFault("\(frame.name) got \(receipt), not \(expected)")
                }
            }
        }
        try HistoryComparison(log: log, model: model, receipts: receipts, keys: keys).run()
        return (model, receipts, lost)
    }

    @discardableResult
    private static func apply(
        _ frame: NewFrame,
        to model: inout ModelLog,
        _ receipts: inout [String: Receipt]
    ) throws -> Receipt {
        do {
            let receipt = try model.commit(frame, time: time)
            if let key = frame.idempotencyKey, !receipt.wasKnown { receipts[key] = receipt }
            return receipt
        } catch {
            throw HistoryFault("\(frame.name) is there, and can't be: \(error)")
        }
    }
}

extension NewFrame {
    /// The frame, for a person who reads what went wrong.
    var name: String {
        if let key = idempotencyKey { return "frame \(key)" }
        if let event = events.first {
            return "frame \(String(decoding: event.data.prefix(8), as: UTF8.self))"
        }
        return "frame \(marks)"
    }
}
