import ArgumentParser

/// Which events `events` and `tail` show.
struct EventFilterOptions: ParsableArguments {
    @Option(help: "Begin at this position; `events --stream` begins at this revision.")
    var from: UInt64?

    @Option(help: "Only streams of this category, such as order.")
    var category: String?

    @Option(name: .customLong("type"), help: "Only events of this type; may be given several times.")
    var types: [String] = []

    @Option(
        name: .customLong("tag"),
        help: "Only events with this tag; with several, those that have all of them."
    )
    var tags: [String] = []

    @Option(help: "Only events of this one stream, such as order-42.")
    var stream: String?

    @Option(help: "Only events since then: a duration such as 15m, or a time such as 2026-08-01T09:30:00Z.")
    var since: String?

    func validate() throws {
        guard stream != nil, category != nil || !types.isEmpty || !tags.isEmpty || since != nil else {
            return
        }
        throw ValidationError("--stream stands alone: a stream is read by revision, without other filters.")
    }

    /// The filters as parameters of a request over the whole log.
    var parameters: [(name: String, value: String?)] {
        [("category", category), ("since", since)] + types.map { ("type", $0) } + tags.map { ("tag", $0) }
    }
}
