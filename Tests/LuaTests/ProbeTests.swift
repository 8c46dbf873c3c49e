import Foundation
import Testing

/// What one process can't show: see `Tests/LuaProbe`.
@Suite struct ProbeTests {
    private static let processes = 24

    /// Processes at a time: more would only wait for each other.
    private static let atATime = 4

    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Corpus"

    @Test func `the corpus gives the same bytes in 24 processes, whatever their seeds and addresses`()
        async throws
    {
        let runs = try await withThrowingTaskGroup(of: (Int, ProbeProcess).self) { group in
            var runs: [(Int, ProbeProcess)] = []
            for number in 0..<Self.processes {
                if number >= Self.atATime, let run = try await group.next() { runs.append(run) }
                group.addTask { (number, try await Self.run(number)) }
            }
            for try await run in group { runs.append(run) }
            return runs.sorted { $0.0 < $1.0 }.map(\.1)
        }
        for run in runs { try #require(run.status == 0, "\(run.errors)") }
        let scripts = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
        #expect(runs[0].output.split(separator: "\n").filter { $0.hasPrefix("== ") }.count == scripts.count)
        #expect(Set(runs.map(\.errors)).count > Self.processes / 2, "the layouts hardly differ")
        for (number, run) in runs.enumerated() where run.output != runs[0].output {
            Issue.record(
                "process \(number) differs from process 0 \(Self.difference(runs[0].output, run.output))"
            )
        }
    }

    @Test func `20,000 random calls with errors in them lose no memory and break nothing`() async throws {
        let run = try await ProbeProcess.run(["calls", "20000", "1"])
        #expect(run.status == 0, "\(run.errors)")
        // The calls met every kind of end; else they would prove little.
        for code in [
            "probe-abort", "script-bad-value", "script-error", "script-instruction-limit",
            "script-memory-limit", "script-output-limit", "script-syntax",
        ] { #expect(run.output.contains(code), "\(run.output)") }
    }

    /// Neither the environment nor the arguments of two are of one size: both lie on the stack, and move it.
    private static func run(_ number: Int) async throws -> ProbeProcess {
        let seed = number * 2_654_435_761 + 1
        let padding = String(repeating: "x", count: number * 977)
        return try await ProbeProcess.run(
            ["corpus", corpus, "\(seed)"] + [String](repeating: "padding", count: number % 7),
            environment: ["PERILUNE_PROBE_PADDING": padding]
        )
    }

    /// Script and line of the first difference, with both readings.
    private static func difference(_ left: String, _ right: String) -> String {
        let left = left.split(separator: "\n", omittingEmptySubsequences: false)
        let right = right.split(separator: "\n", omittingEmptySubsequences: false)
        let place =
            zip(left, right).enumerated().first { $1.0 != $1.1 }?.offset ?? min(left.count, right.count)
        let script = left[..<min(place + 1, left.count)].last { $0.hasPrefix("== ") } ?? "before the first"
        func line(_ lines: [Substring]) -> Substring {
            place < lines.count ? lines[place].prefix(500) : "no more"
        }
        return "\(script), line \(place + 1)\n\(line(left))\n\(line(right))"
    }
}
