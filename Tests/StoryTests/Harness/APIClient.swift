/// A host's API as a patient caller uses it.
///
/// One connection, and the same request again for as long as the host is away. Every write carries an
/// idempotency key, so that trying again is safe.
struct APIClient: Sendable {
    private let host: HostProcess
    private let connection: HTTPClient

    init(_ host: HostProcess) {
        self.host = host
        connection = HTTPClient(port: host.port)
    }

    /// Sends until there is an answer.
    ///
    /// A 503 is none: the host says that it stops, or can't tell.
    func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await Waiting.value("an answer to \(request.method) \(request.target)") {
            do {
                let response = try await connection.send(request)
                return response.status == 503 ? nil : response
            } catch is ConnectionFailure {
                try await host.check()
                return nil
            }
        }
    }

    /// Sends until there is an answer, which must have the status.
    func expect<Answer: Decodable>(_ status: Int, _ request: HTTPRequest) async throws -> Answer {
        let response = try await answer(request)
        guard response.status == status else {
            throw StoryFailure("\(request.method) \(request.target) answered \(response)")
        }
        return try response.json(Answer.self)
    }

    /// A command that is accepted.
    func command(_ path: String, _ arguments: String, key: String) async throws -> CommandAnswer {
        try await expect(200, .post("/commands/\(path)", arguments, key: key))
    }

    /// Appends one event to a stream.
    @discardableResult
    func append(_ type: String, to stream: String, _ data: String = "{}") async throws -> AppendAnswer {
        try await expect(201, .post("/streams/\(stream)", #"{"type":"\#(type)","data":\#(data)}"#))
    }

    /// A query's result, at least as new as a position.
    func query<Result: Decodable & Sendable>(_ query: String, after: Int) async throws -> Result? {
        let mark = query.contains("?") ? "&" : "?"
        let request = HTTPRequest.get("/queries/\(query)\(mark)after=\(after)&timeout=60s")
        let answer: QueryAnswer<Result> = try await expect(200, request)
        return answer.result
    }

    /// Every event of the log from a position on, the host's own included, page by page.
    func events(from start: Int = 1) async throws -> [StoredEvent] {
        var events: [StoredEvent] = []
        var from: Int? = start
        while let next = from {
            let page: EventPage = try await expect(200, .get("/events?limit=1000&from=\(next)"))
            events += page.events
            from = page.next
        }
        return events
    }

    /// How far the log is; also that the host lives.
    func lastPosition() async throws -> Int {
        let health: HealthAnswer = try await expect(200, .get("/healthz"))
        return health.position
    }

    func parked() async throws -> [ParkedAnswer] {
        let list: ParkedAnswer.List = try await expect(200, .get("/parked"))
        return list.parked
    }

    func processors() async throws -> [ProcessorAnswer] {
        let list: ProcessorAnswer.List = try await expect(200, .get("/processors"))
        return list.processors
    }

    /// Waits until there is nothing left to do: every processor has come to one and the same end of the log.
    func settled() async throws {
        try await Waiting.until("all processors to come to the end of the log") {
            let processors = try await processors()
            // One position for all, each at the end when it was asked: so nothing was appended between the
            // first answer and the last.
            let positions = Set(processors.map(\.position))
            return positions.count == 1
                && processors.allSatisfy { $0.lagEvents == 0 && $0.state == "running" }
        }
    }
}
