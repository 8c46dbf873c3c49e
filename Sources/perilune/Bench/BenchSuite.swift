/// The suites that exist, by the names that `perilune bench` takes.
enum BenchSuite: String, CaseIterable {
    case log
    case lua
    case pipeline

    /// For people.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Measures, and gives the numbers in a fixed order.
    func run(quick: Bool) async throws -> [BenchResult] {
        switch self {
        case .log: try await LogBench(quick: quick).run()
        case .lua: try await LuaBench(quick: quick).run()
        case .pipeline: try await PipelineBench(quick: quick).run()
        }
    }
}
