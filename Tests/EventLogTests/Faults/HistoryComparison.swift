import EventLog
import TestSupport

/// Asks a log and a model what a log can be asked, and says where they differ.
///
/// Called tens of thousands of times, so the filters take turns.
struct HistoryComparison {
    let log: any EventLog
    let model: ModelLog
    /// The receipts by key that the log must know.
    let receipts: [String: Receipt]
    /// The keys that it may know at most.
    let keys: Set<String>

    func run() throws {
        try compare("last position", log.lastPosition, model.lastPosition)
        try compareRead(ReadRequest(.all))
        try compareRead(ReadRequest(.all, after: .max, direction: .backwards, limit: 5))
        for stream in FaultHistory.streams {
            try compare(
                "revision of \(stream)",
                log.revision(of: StreamName(stream)),
                model.revision(of: stream)
            )
        }
        let turn = Int(model.lastPosition % 6)
        switch turn {
        case 0: try compareRead(ReadRequest(.category("order"), after: model.lastPosition / 2))
        case 1: try compareRead(ReadRequest(.query(EventQuery(types: ["T1"], tags: ["n:1"]))))
        default: try compareRead(ReadRequest(.stream(StreamName(FaultHistory.streams[turn - 2]))))
        }
        let processor = AcknowledgedHistory.processor
        try compare("marks", log.marks(of: processor), model.marks(of: processor))
        for key in keys {
            let expected = receipts[key].map {
                Receipt(
                    firstPosition: $0.firstPosition,
                    eventCount: $0.eventCount,
                    revisions: $0.revisions,
                    time: $0.time,
                    wasKnown: true
                )
            }
            try compare("receipt of \(key)", log.receipt(forKey: key), expected)
        }
    }

    private func compareRead(_ request: ReadRequest) throws {
        let found = try log.read(request).events.map { ModelLog.Event($0) }
        let expected = model.read(request)
        guard found != expected else { return }
        let place = zip(found, expected).enumerated().first { $1.0 != $1.1 }?.offset
        throw HistoryFault(
            "reading \(request.filter) gives \(found.count) events, not \(expected.count); "
                + "the first difference is at \(place.map(String.init) ?? "the end")"
        )
    }

    private func compare<Value: Equatable>(_ what: String, _ found: Value, _ expected: Value) throws {
        guard found != expected else { return }
        throw HistoryFault("\(what) is \(found), not \(expected)")
    }
}
