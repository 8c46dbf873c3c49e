import Foundation

/// `peer-<system>-pipeline`: the same small function over a stream of events, exactly once, by us and by each
/// system that is installed.
struct PipelinePeersBench {
    let quick: Bool
    let leftovers: Leftovers

    private var rounds: Int { quick ? 2 : 5 }
    private var secondsOfTurn: Int { quick ? 1 : 4 }

    /// The peers, or nil for each that isn't there.
    static func found() -> [(name: String, peer: (any PipelinePeer)?)] {
        [
            ("redis", RedisPipeline.installed()),
            ("eventsourcing", PythonPipeline.eventsourcing.ifInstalled()),
            ("dbos", PythonPipeline.dbos.ifInstalled()),
        ]
    }

    func compare(with peer: any PipelinePeer) async throws -> BenchResult {
        let events = ThroughputBench.events(quick: quick)
        var rounds = Rounds()
        for round in 0..<self.rounds {
            let their = try await leftovers.withFolder("pipeline-\(peer.name)-\(round)") { folder in
                let theirs = folder.path + "/theirs"
                try FileManager.default.createDirectory(atPath: theirs, withIntermediateDirectories: true)
                return try await peer.run(in: theirs, seconds: secondsOfTurn, leftovers: leftovers)
            }
            let our = try await leftovers.withFolder("pipeline-own-\(round)") { folder in
                try await ThroughputBench.rate(events, in: folder)
            }
            rounds.add(our, baseline: their.rate)
        }
        return BenchResult(
            name: "peer-\(peer.name)-pipeline",
            value: rounds.median,
            unit: "events/s",
            baseline: peer.name,
            baselineValue: rounds.baselineMedian,
            note: "events of \(AppendCase.data.count) bytes from a full stream through a function that reads "
                + "four fields and appends three, exactly once and flushed; ours: \(events) events; theirs: "
                + "\(peer.remarks), as many as it does in \(secondsOfTurn) s; \(rounds.spread)"
        )
    }
}
