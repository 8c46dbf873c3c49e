/// A system that takes appends over a socket: ours, or one that ours is compared with.
protocol Peer {
    /// In the names of the numbers: `peer-<name>-…`.
    var name: String { get }

    /// The condition that its appends have, and that ours get beside it.
    var condition: AppendCase.Condition { get }

    /// What makes the comparison unlike, and who drives it.
    var remarks: String { get }

    /// Serves from a folder of its own while `body` runs; `body` gets what makes the load of a case.
    func serving(
        from folder: String,
        leftovers: Leftovers,
        _ body: ((AppendCase) throws -> any AppendLoad) async throws -> Void
    ) async throws
}

/// Clients of a server, each of which appends, waits for the answer, and appends again.
protocol AppendLoad {
    /// Appends for so many seconds.
    func run(seconds: Int) async throws -> AppendReport
}

/// What the clients of a turn did.
struct AppendReport {
    let events: Int
    let seconds: Double

    /// CPU time of the clients, as opposed to the server's.
    let clientSeconds: Double

    /// How long each request waited for its answer; empty where the clients don't say.
    var latencies: [Duration] = []

    var rate: Double { Double(events) / seconds }

    /// Microseconds of the clients' CPU for each event.
    var clientCost: Double { clientSeconds / Double(max(1, events)) * 1e6 }

    /// Milliseconds that so large a share of the requests didn't wait longer than.
    func milliseconds(_ share: Double) -> Double {
        Rounds.quantile(share, of: latencies.map(Rounds.seconds)) * 1_000
    }
}

/// One size of the work.
struct AppendCase {
    /// What an append is only done under.
    enum Condition {
        /// The stream's newest event has the revision that its writer knows.
        case revision

        /// Nothing with the stream's tag was appended since the position that its writer knows.
        case tag
    }

    /// Different for each case, since servers keep what came before.
    let number: Int

    let eventsPerRequest: Int
    let clients: Int

    /// Streams that each client has to itself, so that no condition fails.
    static let streamsPerClient = 100

    /// The event that everybody appends.
    static let data = SampleEvents.data(1)

    static let type = "OrderPlaced"
}
