/// The suite `reload`: what it takes to see and to make live what a rule writer has changed.
struct ReloadBench {
    let quick: Bool

    func run(_ show: (BenchResult) -> Void) async throws {
        show(try await DiffBench(quick: quick).run())
    }
}
