import EventLog
import TestSupport

/// The ways to ask a log, each held against the model's answer.
extension History.Branch {
    mutating func compareCommit(_ frame: NewFrame, time: LogTime) async throws {
        let expected = Result { () throws(EventLogError) in try model.commit(frame, time: time) }
        let actual: Result<Receipt, EventLogError>
        do throws(EventLogError) {
            actual = .success(try await log.commit(frame))
        } catch {
            actual = .failure(error)
        }
        try same(actual, expected, "the commit of \(frame)")
        try same(log.lastPosition, model.lastPosition, "the last position")
    }

    func compareRead(_ request: ReadRequest) throws {
        let batch = try log.read(request)
        try same(batch.events.map { ModelLog.Event($0) }, model.read(request), "\(request)")
    }

    /// Reads page by page, and puts the pages together.
    func comparePages(_ filter: EventFilter, _ random: inout SeededRandom) throws {
        let isForwards = Bool.random(using: &random)
        let mostPages = Int.random(in: 1...6, using: &random)
        var request = ReadRequest(
            filter,
            after: isForwards ? 0 : .max,
            direction: isForwards ? .forwards : .backwards
        )
        if case .stream = filter, Bool.random(using: &random) { request.revision = 3 }
        let expected = model.read(request)
        request.limit = expected.count / mostPages + 1
        var found: [ModelLog.Event] = []
        while true {
            let batch = try log.read(request)
            try same(batch.events.count <= request.limit, true, "the limit of \(request)")
            found += batch.events.map { ModelLog.Event($0) }
            if batch.reachedEnd { break }
            let moves = isForwards ? batch.scannedTo > request.after : batch.scannedTo < request.after
            try same(moves, true, "a page of \(request) that moves on")
            request.after = batch.scannedTo
        }
        try same(found, expected, "the pages of \(request)")
    }

    func compareLookups(_ names: HistoryNames, _ random: inout SeededRandom) throws {
        let stream = names.streams.pick(&random)
        try same(try log.revision(of: StreamName(stream)), model.revision(of: stream), "\(stream)'s revision")
        let processor = names.processors.pick(&random)
        try same(try log.marks(of: processor), model.marks(of: processor), "\(processor)'s marks")
        let key = names.keys.pick(&random)
        try same(try log.receipt(forKey: key), model.receipt(forKey: key), "the receipt of \(key)")
    }

    /// Everything once, and each kind of filter at random.
    func compareAll(_ names: HistoryNames, _ random: inout SeededRandom) throws {
        try compareRead(ReadRequest(.all))
        for stream in names.streams {
            let expected = model.revision(of: stream)
            try same(try log.revision(of: StreamName(stream)), expected, "\(stream)'s revision")
        }
        for processor in names.processors {
            try same(try log.marks(of: processor), model.marks(of: processor), "\(processor)'s marks")
        }
        for key in names.keys {
            try same(try log.receipt(forKey: key), model.receipt(forKey: key), "the receipt of \(key)")
        }
        for _ in 0..<3 { try comparePages(names.filter(&random), &random) }
    }

    private func same<Value: Equatable>(
        _ actual: Value,
        _ expected: Value,
        _ what: @autoclosure () -> String
    ) throws {
        guard actual != expected else { return }
        throw HistoryFailure("\(what()): the log says\n\(actual)\nand the model\n\(expected)")
    }
}
