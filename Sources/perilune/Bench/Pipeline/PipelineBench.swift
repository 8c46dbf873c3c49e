/// The suite `pipeline`: the host's whole path, from events on the disk to their effects on the disk, and
/// from a command to its answer.
struct PipelineBench {
    let quick: Bool
    let leftovers: Leftovers

    /// Measures, and shows each number once it is there.
    func run(_ show: (BenchResult) -> Void) async throws {
        show(try await ThroughputBench(quick: quick, leftovers: leftovers).run())
        try await LatencyBench(quick: quick, leftovers: leftovers).run(show)
        show(try await FailingKeyBench(quick: quick, leftovers: leftovers).run())
        try await CommandBench(quick: quick, leftovers: leftovers).run(show)
    }
}
