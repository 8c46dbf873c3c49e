import Foundation

/// The suite `peers`: the same appends over a socket, and the same events through a handler, by us and by
/// each system that is installed.
struct PeersBench {
    let quick: Bool
    let leftovers: Leftovers

    /// What to install, for `--help`.
    static let installation = """
        The suite peers starts what it finds on this machine, on loopback, and ends it again: Redis (Debian \
        package redis-server), PostgreSQL 15 (postgresql-15), UmaDB, eventsourcing and DBOS (`pip install \
        umadb eventsourcing dbos` into a virtual environment whose bin is first in PATH). What isn't there \
        is named and left out.
        """

    private static let eventsPerRequest = [1, 100]
    private var clients: [Int] { quick ? [1, 16] : [1, 16, 256] }
    private var rounds: Int { quick ? 2 : 5 }
    private var secondsOfTurn: Int { quick ? 1 : 3 }

    /// Measures, and shows each number once it is there.
    func run(_ show: (BenchResult) -> Void) async throws {
        let found: [(name: String, peer: (any Peer)?)] = [
            ("redis", RedisPeer.installed()), ("postgresql", PostgreSQLPeer.installed()),
            ("umadb", UmaDBPeer.installed()),
        ]
        let pipelines = PipelinePeersBench.found()
        let missing = found.filter { $0.peer == nil }.map(\.name)
        let missingToo = pipelines.filter { $0.peer == nil && !missing.contains($0.name) }.map(\.name)
        if !(missing + missingToo).isEmpty {
            let names = (missing + missingToo).joined(separator: ", ")
            Console.standardError.line("peers: not installed: \(names)")
        }
        var failures: [String] = []
        // One peer that can't be started is no reason to leave out the others.
        func noting(_ name: String, _ work: () async throws -> Void) async throws {
            do { try await work() } catch let error as BenchError { failures.append("\(name): \(error)") }
        }
        for peer in found.compactMap(\.peer) {
            try await noting(peer.name) { try await compare(with: peer, show) }
        }
        let bench = PipelinePeersBench(quick: quick, leftovers: leftovers)
        for peer in pipelines.compactMap(\.peer) {
            try await noting(peer.name) { show(try await bench.compare(with: peer)) }
        }
        guard failures.isEmpty else { throw BenchError(failures.joined(separator: "\n")) }
    }

    /// Both are started afresh, so that both have seen the same load before each case.
    private func compare(with peer: any Peer, _ show: (BenchResult) -> Void) async throws {
        try await leftovers.withFolder("peer-\(peer.name)") { folder in
            let disk = try DiskPace(in: folder)
            let own = OwnServer(condition: peer.condition)
            try await own.serving(from: folder.path + "/own", leftovers: leftovers) { ours in
                try await peer.serving(from: folder.path + "/theirs", leftovers: leftovers) { theirs in
                    var number = 0
                    for events in Self.eventsPerRequest {
                        for clients in clients {
                            number += 1
                            let work = AppendCase(number: number, eventsPerRequest: events, clients: clients)
                            let result = try await measure(work, peer, try ours(work), try theirs(work), disk)
                            show(result)
                        }
                    }
                }
            }
        }
    }

    private func measure(
        _ work: AppendCase,
        _ peer: any Peer,
        _ ours: any AppendLoad,
        _ theirs: any AppendLoad,
        _ disk: DiskPace
    ) async throws -> BenchResult {
        var rounds = Rounds()
        var costs: (ours: [Double], theirs: [Double]) = ([], [])
        var flushes: [Double] = []
        for _ in 0..<self.rounds {
            flushes.append(try await disk.flushes())
            let their = try await theirs.run(seconds: secondsOfTurn)
            let our = try await ours.run(seconds: secondsOfTurn)
            rounds.add(our.rate, baseline: their.rate)
            costs.ours.append(our.clientCost)
            costs.theirs.append(their.clientCost)
        }
        func cost(_ values: [Double]) -> String { "\((Rounds.median(values) * 10).rounded() / 10) µs" }
        return BenchResult(
            name: "peer-\(peer.name)-append-\(work.eventsPerRequest)x\(work.clients)",
            value: rounds.median,
            unit: "events/s",
            baseline: peer.name,
            baselineValue: rounds.baselineMedian,
            note: "\(work.eventsPerRequest) events a request, \(work.clients) clients that wait for their "
                + "answers, \(AppendCase.data.count) bytes of JSON each; ours: HTTP/1.1 keep-alive; theirs: "
                + "\(peer.remarks); CPU of the clients for each event: ours \(cost(costs.ours)), theirs "
                + "\(cost(costs.theirs)); \(rounds.spread); "
                + trust(in: rounds, work, flushes: Rounds.median(flushes))
        )
    }

    /// What the disk did meanwhile, one flush after the other.
    ///
    /// A single client waits for a flush with each request. When one of the sides beats the raw flushes all
    /// the same, these waited for a processor and not for the disk, and so may have the other side.
    private func trust(in rounds: Rounds, _ work: AppendCase, flushes: Double) -> String {
        let text = "raw flushes one by one \(Int(flushes))/s"
        let fastest = max(rounds.median, rounds.baselineMedian) / Double(work.eventsPerRequest)
        guard work.clients == 1, fastest > flushes * 1.2 else { return text }
        return text + ", fewer than requests: the machine was busy, DON'T TRUST this ratio"
    }
}
