extension EventLog {
    /// The position of the first event that was committed at a time or later; behind the last one when none
    /// was.
    ///
    /// How a reader begins at a time.
    /// Commit times never go back along the log, so this halves the log until it is found: about 30 reads of
    /// one event in a log of a billion.
    ///
    /// - Throws: what `read` throws.
    public func firstPosition(notBefore time: LogTime) throws(EventLogError) -> Position {
        var low: Position = 1
        var high = lastPosition + 1
        while low < high {
            let middle = low + (high - low) / 2
            let found = try read(ReadRequest(.all, after: middle - 1, limit: 1)).events.first
            if let found, found.time < time {
                low = found.position + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
