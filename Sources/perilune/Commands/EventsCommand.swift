import ArgumentParser
import Runtime

/// `perilune events`: reads the log.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Shows events of the log, or of one stream.",
        discussion: """
            Each line shows position, time in UTC, stream@revision, type, tags and data. With --json each \
            line is one event object.

            Example: perilune events --category order --type OrderPlaced --since 1h --limit 20
            """
    )

    @OptionGroup var filter: EventFilterOptions

    @Option(help: "Show at most so many events.")
    var limit = 100

    @Flag(help: "Show the newest first.")
    var backwards = false

    @OptionGroup var client: ClientOptions

    /// Events in one request; longer lists are read page by page.
    private static let pageEvents = 1_000

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() async throws {
        try await client.perform { api in
            let text = EventText(width: Console.standardOutput.width)
            var remaining = limit
            var from = filter.from.map { String($0) }
            repeat {
                let answer = try await api.get(path(from: from, limit: min(remaining, Self.pageEvents)))
                let page = try answer.value()
                let events = page["events"]?.array ?? []
                for event in events {
                    Console.standardOutput.line(client.json ? JSONText.compact(event) : text.line(event))
                }
                remaining -= events.count
                from = page["next"]?.integer.map { String($0) }
            } while remaining > 0 && from != nil
        }
    }

    private func path(from: String?, limit: Int) -> RequestPath {
        let page = [
            (name: "from", value: from), (name: "limit", value: String(limit)),
            (name: "direction", value: backwards ? "backwards" : nil),
        ]
        if let stream = filter.stream { return RequestPath(["streams", stream], page) }
        return RequestPath(["events"], page + filter.parameters)
    }
}
