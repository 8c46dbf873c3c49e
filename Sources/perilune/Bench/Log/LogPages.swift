import EventLog

/// A log read from its first event to its last, page by page, as a projection that is rebuilt reads it.
struct LogPages {
    private let log: DiskLog

    init(_ log: DiskLog) {
        self.log = log
    }

    /// Hands out every page, up to an event.
    func readAll(upTo last: Position = .max, _ body: (EventBatch) -> Void) throws {
        var request = ReadRequest(.all)
        while true {
            let batch = try log.read(request)
            body(batch)
            request.after = batch.scannedTo
            if batch.reachedEnd || batch.scannedTo >= last { return }
        }
    }
}
