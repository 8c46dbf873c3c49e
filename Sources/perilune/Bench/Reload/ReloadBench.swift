/// The suite `reload`: what it takes to see and to make live what a rule writer has changed.
struct ReloadBench {
    let quick: Bool
    let leftovers: Leftovers

    func run(_ show: (BenchResult) -> Void) async throws {
        try await EditsBench(quick: quick, leftovers: leftovers).run(show)
        try await DiffBench(quick: quick).run(show)
    }
}
