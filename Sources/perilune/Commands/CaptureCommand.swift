import ArgumentParser
import EventLog
import Runtime

/// `perilune capture`: events of the log as a fixture for specs.
struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Writes events of the log as a fixture, which a spec reads with given.fixture.",
        discussion: """
            The positions are FROM..TO, both included; FROM.. goes to the end of the log. What the host \
            keeps for itself is left out. --redact replaces the values of the members that are named, the \
            same value by the same text each time, also where it is the key of a stream or a tag.

            Example: perilune capture 17..40 --redact customer > orders/fixtures/late-payment.json
            """
    )

    @Argument(help: "The positions, such as 17..40.")
    var positions: PositionRange

    @Option(
        name: .customLong("stream"),
        help: "Only events of this stream, such as order-42; may be given several times."
    )
    var streams: [String] = []

    @Option(help: "Members of events' data whose values are replaced, with commas between them.")
    var redact: String?

    @Flag(name: .customLong("host-events"), help: "With the host's own events, of streams that begin with $.")
    var hostEvents = false

    @Option(help: "Read this data folder or backup instead of asking a host; a host may be running on it.")
    var data: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let (wanted, hostEvents) = (Set(streams), hostEvents)
        let source = CaptureSource(range: positions) { event in
            (hostEvents || !event.isHostOwned) && (wanted.isEmpty || wanted.contains(event.stream))
        }
        guard let data else {
            return try await client.perform { api in try write(try await source.events(of: api)) }
        }
        let events = try await FailureText.reporting(json: client.json) {
            try source.events(of: try await ReadOnlyLog.open(folder: data))
        }
        try write(events)
    }

    /// Writes the fixture, and remarks on what it lacks.
    private func write(_ events: [CapturedEvent]) throws {
        let names = (redact ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map { String($0) }
        var redaction = Redaction(names)
        let fixture = FixtureDocument(events: redaction.redact(events), redacted: names)
        try check(events, redaction)
        let text = fixture.text
        guard text.utf8.count <= SpecFixtures.bytesMax else {
            throw tooLarge("\(ByteText.text(text.utf8.count)) are more than a spec can read")
        }
        Console.standardOutput.text(text)
        let count = ByteText.count(events.count, "event")
        Console.standardError.line("captured \(count) of \(ByteText.count(streamCount(events), "stream"))")
        for stream in fixture.cutStreams {
            Console.standardError.line("\(stream) has earlier events, which are not among these positions")
        }
    }

    private func check(_ events: [CapturedEvent], _ redaction: Redaction) throws {
        guard !events.isEmpty else {
            throw refuse("nothing-captured", "there is no such event", hint: "perilune events shows the log")
        }
        guard events.count <= CaptureSource.eventsMax else {
            throw tooLarge("there are more than \(CaptureSource.eventsMax) events")
        }
        // A name that is misspelt would let through what it was to hide.
        if !redaction.unused.isEmpty {
            throw refuse(
                "nothing-redacted",
                "no event has a member \(redaction.unused.joined(separator: ", "))",
                hint: "name members of the events' data as they are spelt there"
            )
        }
    }

    private func streamCount(_ events: [CapturedEvent]) -> Int { Set(events.map(\.stream)).count }

    private func tooLarge(_ detail: String) -> ExitCode {
        refuse("fixture-too-large", detail, hint: "capture fewer positions, or name a --stream")
    }

    private func refuse(_ code: String, _ detail: String, hint: String) -> ExitCode {
        FailureText.report(code, detail, hint: hint, json: client.json)
    }
}
