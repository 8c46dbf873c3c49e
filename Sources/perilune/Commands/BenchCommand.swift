import ArgumentParser
import Foundation

/// `perilune bench`: measures this machine, each number beside the limit or baseline of the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures log, scripts and pipeline against the limits of this machine.",
        discussion: """
            Each number stands beside a baseline that is measured in the same run, so that ratios can be \
            compared between machines and over time. Build for release first: `scripts/bench` does both. \
            The log is kept in the current folder while it is measured: up to 6 GB, 2 GB with --quick.

            Suites:
            \(BenchSuite.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            \(PeersBench.installation)

            Example: perilune bench log --quick
            """
    )

    @Argument(help: "The suites to run: \(BenchSuite.names). Without one, all of them.")
    var suites: [String] = []

    @Flag(help: "End within a minute for each suite.")
    var quick = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        for name in suites where BenchSuite(rawValue: name) == nil {
            throw ValidationError(
                "There is no suite \(name.debugDescription); there are \(BenchSuite.names)."
            )
        }
    }

    func run() async throws {
        let chosen = suites.isEmpty ? BenchSuite.allCases : suites.compactMap(BenchSuite.init)
        let report = BenchReport(json: json)
        let leftovers = Leftovers()
        let interruption = Interruption {
            leftovers.clear()
            Foundation.exit(ExitCode.interrupted.rawValue)
        }
        for suite in chosen {
            try await suite.run(quick: quick, leftovers: leftovers, report.show)
        }
        withExtendedLifetime(interruption) {}
    }
}
