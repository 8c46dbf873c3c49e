import EventLog

/// What a line can name in quotes.
extension Explorer {
    /// Names of the app, of what the fork holds, and of the log as far as it is known; it reads nothing.
    ///
    /// No more than `limit` are told.
    public func names(startingWith start: String, limit: Int) -> NameMatches {
        known.matches(start, limit: limit).merged(
            with: SortedNames(appNames.union(KnownNames.names(of: view.own))).matches(start, limit: limit),
            limit: limit
        )
    }

    /// Of the app as it was loaded last.
    private var appNames: Set<String> {
        guard let definitions = appSteps?.session.definitions else { return [] }
        var names: Set<String> = []
        for (aggregate, commands) in definitions.aggregates { names.formUnion([aggregate] + commands) }
        names.formUnion(definitions.handlers.map(\.name).filter { !$0.hasPrefix("$") })
        names.formUnion(definitions.projections.map(\.name))
        names.formUnion(definitions.queries.keys)
        return names
    }
}
