import EventLog

/// Rules as data: what is live, what was, and what goes live next.
extension Host {
    /// Every script set that was live, oldest first.
    public func scriptHistory() throws(RuntimeError) -> [PublishedScripts] {
        try ScriptArchive(log: log).history()
    }

    /// A script set that was live, by its hash or the first digits of it.
    ///
    /// - Throws: `RuntimeError.unknownScripts`.
    public func scripts(_ hash: String) throws(RuntimeError) -> ScriptSet {
        try ScriptArchive(log: log).scripts(hash)
    }

    /// Makes scripts live, between two batches, all at once; running steps finish on what was live before.
    ///
    /// A set that does the same as the live one, such as one with other comments, changes nothing.
    ///
    /// - Parameters:
    ///   - scripts: the new set.
    ///   - origin: where it comes from, for the history.
    ///   - author: who publishes it, and why.
    ///   - isForced: whether it goes live although a handler with parked events, or an aggregate with
    ///     streams, is gone.
    /// - Returns: what is live now, from where on, and what differs.
    /// - Throws: `RuntimeError.publishRefused` with what is wrong and where; then what was live goes on.
    @discardableResult
    public func publish(
        _ scripts: ScriptSet,
        from origin: PublishedScripts.Origin = .publish,
        by author: PublishAuthor = PublishAuthor(),
        isForced: Bool = false
    ) async throws(RuntimeError) -> PublishReport {
        try await publisher.publish(scripts, origin, by: author, isForced: isForced)
    }

    /// What publishing scripts would change; nothing goes live.
    ///
    /// - Throws: what `publish` would.
    public func checkScripts(_ scripts: ScriptSet) async throws(RuntimeError) -> PublishReport {
        try await publisher.check(scripts)
    }

    /// Makes a set live again that was live before.
    ///
    /// - Parameters:
    ///   - hash: its hash, or the first digits of it.
    ///   - author: who wants it, and why.
    ///   - isForced: as in `publish`.
    /// - Returns: as `publish`.
    /// - Throws: `RuntimeError.unknownScripts`, and what `publish` throws.
    @discardableResult
    public func rollback(
        to hash: String,
        by author: PublishAuthor = PublishAuthor(),
        isForced: Bool = false
    ) async throws(RuntimeError) -> PublishReport {
        try await publisher.publish(scripts(hash), .rollback, by: author, isForced: isForced)
    }
}
