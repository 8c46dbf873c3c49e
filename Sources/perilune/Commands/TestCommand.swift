import ArgumentParser
import Foundation
import Logging
import Runtime

/// `perilune test`: an app's specs.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the specs of an app: its files that end in _spec.lua.",
        discussion: """
            It needs no host and writes no log. Each spec runs twice, under two hash seeds, and must do the \
            same. The exit code is 0 when all hold, 1 when one doesn't.

            Example: perilune test scripts/examples/orders
            """
    )

    @Argument(help: "The app's folder, which holds app.lua.")
    var app: String

    @Option(help: "Runs only specs whose name or file has this text in it.")
    var only: String?

    @Option(help: "Writes the results to this file as JUnit XML, for continuous integration.")
    var junit: String?

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    func run() throws {
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        do {
            let runner = try SpecRunner(
                scripts: try ScriptSet(folder: app),
                logger: Logger(label: "perilune")
            )
            let chosen = runner.specs.filter { spec in
                only.map { spec.name.contains($0) || spec.file.contains($0) } ?? true
            }
            guard !chosen.isEmpty else { throw nothingToRun(of: runner.specs.count) }
            var results: [SpecResult] = []
            for spec in chosen {
                let result = runner.run(spec)
                if !json { Console.standardOutput.line(SpecText.line(result)) }
                results.append(result)
            }
            Console.standardOutput.line(json ? SpecText.document(results) : SpecText.summary(results))
            if let junit { try write(JUnitText.document(results, app: app), to: junit) }
            if results.contains(where: { !$0.passed }) { throw ExitCode.failed }
        } catch let error as RuntimeError {
            throw FailureText.report(error.code, error.description, hint: error.hint, json: json)
        }
    }

    private func nothingToRun(of count: Int) -> ExitCode {
        FailureText.report(
            "no-specs",
            count == 0 ? "\(app) has no specs" : "none of the \(count) specs has \"\(only ?? "")\" in it",
            hint: "a spec stands in a file that ends in _spec.lua: spec(\"what holds\", function() … end)",
            json: json
        )
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw FailureText.report(
                "junit-not-written",
                "\(path) can't be written: \(error.localizedDescription)",
                hint: "name a file in a folder that exists",
                json: json
            )
        }
    }
}
