import ArgumentParser
import Foundation
import Logging
import Runtime

/// One run of an app's specs from the command line, from reading the folder to the exit code.
struct SpecCommandRun {
    /// How much of it people see.
    enum Showing {
        case all
        /// Who watches wants to know what is wrong, and how many there are.
        case failures
    }

    let app: String
    let filter: String?
    let junit: String?
    let json: Bool

    private static let clock = HostClock.system

    /// Runs them, tells what came of it, and returns what the process ends with.
    func code(showing: Showing) -> ExitCode {
        do {
            let start = Self.clock.now()
            let scripts = try ScriptSet(folder: app)
            let runner = try SpecRunner(scripts: scripts, logger: Logger(label: "perilune"))
            let chosen = runner.specs.filter { spec in
                filter.map { spec.name.contains($0) || spec.file.contains($0) } ?? true
            }
            guard !chosen.isEmpty else { return nothingToRun(of: runner.specs.count) }
            var report = SpecReport(app: app, declared: runner.specs.count)
            for spec in chosen {
                let begin = Self.clock.now()
                let result = runner.run(spec)
                report.add(result, microseconds: Self.clock.now() - begin)
                let isShown = showing == .all || !result.passed
                if !json, isShown { Console.standardOutput.line(SpecText.line(result)) }
            }
            report.microseconds = Self.clock.now() - start
            Console.standardOutput.line(json ? SpecText.document(report) : SpecText.summary(report))
            let isWritten = junit.map { write(JUnitText.document(report), to: $0) } ?? true
            return isWritten && report.failed == 0 ? .success : .failed
        } catch {
            if let junit { _ = write(JUnitText.document(app: app, error), to: junit) }
            return FailureText.report(error.code, error.description, hint: error.hint, json: json)
        }
    }

    private func nothingToRun(of count: Int) -> ExitCode {
        FailureText.report(
            "no-specs",
            count == 0 ? "\(app) has no specs" : "none of the \(count) specs has \"\(filter ?? "")\" in it",
            hint: "a spec stands in a file that ends in _spec.lua: spec(\"what holds\", function() … end)",
            json: json
        )
    }

    /// False when it can't be written, which it has told.
    private func write(_ text: String, to path: String) -> Bool {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return true
        } catch {
            _ = FailureText.report(
                "junit-not-written",
                "\(path) can't be written: \(error.localizedDescription)",
                hint: "name a file in a folder that exists",
                json: json
            )
            return false
        }
    }
}
