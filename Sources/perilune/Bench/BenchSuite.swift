/// The suites that exist, by the names that `perilune bench` takes.
enum BenchSuite: String, CaseIterable {
    case log
    case lua
    case pipeline
    case projection
    case routing
    case reload
    case repl
    case peers

    /// For people.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// What each of them measures, for `--help`.
    var summary: String {
        switch self {
        case .log: "durable appends, reads, reopening, memory; against the disk and the processor"
        case .lua: "one event through a script, and a VM's parts; against the bare VM"
        case .pipeline: "a handler, exactly once: rate, latency, a failing key; commands over HTTP"
        case .projection: "rows of a projection, built anew from the log; against SQLite alone"
        case .routing: "an event that one handler of many wants; against that handler alone"
        case .reload: "edits while events flow; recorded commands through two versions of an app"
        case .repl: "a prompt that follows the log; against the same host without one"
        case .peers: "appends over a socket, and events through a handler; against systems that are installed"
        }
    }

    /// Measures, and shows each number in a fixed order.
    func run(quick: Bool, leftovers: Leftovers, _ show: (BenchResult) -> Void) async throws {
        switch self {
        case .log: try await LogBench(quick: quick, leftovers: leftovers).run(show)
        case .lua: try await LuaBench(quick: quick).run(show)
        case .pipeline: try await PipelineBench(quick: quick, leftovers: leftovers).run(show)
        case .projection: try await ProjectionBench(quick: quick).run(show)
        case .routing: try await RoutingBench(quick: quick).run().forEach(show)
        case .reload: try await ReloadBench(quick: quick, leftovers: leftovers).run(show)
        case .repl: show(try await TailBench(quick: quick, leftovers: leftovers).run())
        case .peers: try await PeersBench(quick: quick, leftovers: leftovers).run(show)
        }
    }
}
