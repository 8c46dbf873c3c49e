/// An event as `GET /events` shows it, with those members of `data` that the stories look at.
struct StoredEvent: Decodable, Sendable, Equatable {
    struct Fields: Decodable, Sendable, Equatable {
        struct Line: Decodable, Sendable, Equatable {
            let sku: String
            let quantity: Int
            let price: Int
        }

        var customer: String?
        var lines: [Line]?
        var total: Int?
        var order: String?
        var quantity: Int?
        var amount: Int?
        var reason: String?
        var paid: Int?
        var number: Int?
        var transfer: String?
        var from: String?
        var to: String?
    }

    let position: Int
    let stream: String
    let revision: Int
    let type: String
    let id: String
    /// Empty for events of the host itself.
    let data: Fields

    private enum Member: CodingKey {
        case position
        case stream
        case revision
        case type
        case id
        case data
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        position = try members.decode(Int.self, forKey: .position)
        stream = try members.decode(String.self, forKey: .stream)
        revision = try members.decode(Int.self, forKey: .revision)
        type = try members.decode(String.self, forKey: .type)
        id = try members.decode(String.self, forKey: .id)
        data = stream.hasPrefix("$") ? Fields() : try members.decode(Fields.self, forKey: .data)
    }

    var category: String { String(stream.prefix { $0 != "-" }) }

    var key: String { String(stream.dropFirst(category.count + 1)) }
}

/// A page of `GET /events`.
struct EventPage: Decodable, Sendable {
    let events: [StoredEvent]
    let next: Int?
}

/// The answer to a command that was accepted.
struct CommandAnswer: Decodable, Sendable, Equatable {
    let outcome: String
    let position: Int
    let revision: Int?
    let events: [StoredEvent]
}

/// The answer to an append.
struct AppendAnswer: Decodable, Sendable {
    let position: Int
    let revision: Int
}

/// The answer to a query.
struct QueryAnswer<Result: Decodable & Sendable>: Decodable, Sendable {
    let result: Result?
    let position: Int
}

/// A problem document of RFC 9457, as the API promises it.
struct ProblemAnswer: Decodable, Sendable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let code: String
    let hint: String
}

/// A script's failure.
struct FailureAnswer: Decodable, Sendable {
    let code: String
    let summary: String
    let file: String
    let line: Int
    let context: String
    let hint: String
    let text: String
}

/// One of `GET /parked`.
struct ParkedAnswer: Decodable, Sendable {
    struct List: Decodable, Sendable {
        let parked: [ParkedAnswer]
    }

    let position: Int
    let processor: String
    let stream: String
    let type: String
    let attempts: Int
    let behind: Int?
    let failure: FailureAnswer?
}

/// What a retry or a skip did.
struct RepairAnswer: Decodable, Sendable {
    let retried: [Int]
    let skipped: [Int]
}

/// One of `GET /processors`.
struct ProcessorAnswer: Decodable, Sendable {
    struct List: Decodable, Sendable {
        let processors: [ProcessorAnswer]
    }

    let name: String
    let kind: String
    let state: String
    let position: Int
    let lagEvents: Int
    let parked: Int
    let lastFailure: FailureAnswer?
    let nextDue: String?
    let waitingTimers: Int?
    let generation: Int?
    let rebuild: RebuildAnswer?

    private enum CodingKeys: String, CodingKey {
        case name
        case kind
        case state
        case position
        case lagEvents = "lag_events"
        case parked
        case lastFailure = "last_failure"
        case nextDue = "next_due"
        case waitingTimers = "waiting_timers"
        case generation
        case rebuild
    }
}

/// How far new rows are, in one of `GET /processors`.
struct RebuildAnswer: Decodable, Sendable {
    let generation: Int
    let reason: String
    let position: Int
    let target: Int
    let percent: Double
}

/// The answer of `GET /healthz`.
struct HealthAnswer: Decodable, Sendable {
    let status: String
    let position: Int
}
