import EventLog

/// What a line can name in quotes.
extension Explorer {
    /// How many of the newest events are looked at for streams, keys and types.
    private static let namesLookMax = 1_000

    /// Aggregates, commands, processors and queries of the app, and streams, keys, categories and types of
    /// the newest events; sorted, each once.
    ///
    /// What can't be read is left out: a completion is no place for an error.
    public func names() -> [String] {
        var names: Set<String> = []
        // As the comment above says.
        if let definitions = try? steps().session.definitions {
            for (aggregate, commands) in definitions.aggregates { names.formUnion([aggregate] + commands) }
            names.formUnion(definitions.handlers.map(\.name).filter { !$0.hasPrefix("$") })
            names.formUnion(definitions.projections.map(\.name))
            names.formUnion(definitions.queries.keys)
        }
        let newest = ReadRequest(.all, after: .max, direction: .backwards, limit: Self.namesLookMax)
        // As above.
        for event in (try? log().read(newest).events) ?? [] where !event.stream.isHostOwned {
            names.formUnion([event.stream.text, event.stream.category, event.stream.key, event.type])
            names.insert("\(event.stream.category).\(event.type)")
        }
        names.remove("")
        return names.sorted()
    }
}
