import ArgumentParser
import EventLog
import Runtime

/// `perilune doctor`: a quick look at the machine and at a data folder.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks at versions, a data folder and its disk, and says in plain words what to do.",
        discussion: """
            It takes a second, works beside a running host, and changes nothing: a temporary file measures \
            how long the disk takes to flush, and is gone again. It reads headers, the list of segments and \
            the newest segment; `perilune verify` reads all. Exit code 1: something is damaged.

            Example: perilune doctor --data data/orders
            """
    )

    @Option(help: "The data folder to look at.")
    var data: String?

    @Flag(name: .customLong("fail-points"), help: "List where a debug build can be made to kill itself.")
    var failPoints = false

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    func run() async throws {
        if failPoints { return listFailPoints() }
        let checkup: Checkup? = try await FailureText.reporting(json: json) {
            try data.map { try Checkup($0) }
        }
        if json {
            var members: [String: JSONValue] = [
                "versions": .object(Dictionary(uniqueKeysWithValues: Versions.all.map { ($0, .string($1)) }))
            ]
            members.merge(checkup?.members ?? [:]) { _, new in new }
            Console.standardOutput.line(JSONText.compact(.object(members)))
        } else {
            for (name, version) in Versions.all { Self.line(name, version) }
            for (name, text) in checkup?.lines ?? [] { Self.line(name, text) }
            for finding in checkup?.findings ?? [] { Console.standardOutput.line(FindingText.text(finding)) }
            if checkup == nil {
                Console.standardOutput.line("name a data folder with --data to have it looked at")
            }
            if checkup?.findings.isEmpty == true { Console.standardOutput.line("nothing to do") }
        }
        if checkup?.isDamaged == true { throw ExitCode.failed }
    }

    /// For tests of crashes: what `PERILUNE_FAIL_POINT=NAME[:COUNT]` may name.
    private func listFailPoints() {
        let points = FailPoint.available
        if json {
            let list = points.map {
                JSONValue.object(["name": .string($0.rawValue), "place": .string($0.place)])
            }
            return Console.standardOutput.line(JSONText.compact(.object(["fail_points": .array(list)])))
        }
        guard !points.isEmpty else {
            return Console.standardOutput.line("this build has no fail points; only debug builds have")
        }
        var table = TextTable(header: ["point", "where"])
        for point in points { table.add([point.rawValue, point.place]) }
        Console.standardOutput.line(table.text)
    }

    private static func line(_ name: String, _ text: String) {
        Console.standardOutput.line(name + String(repeating: " ", count: max(1, 9 - name.count)) + text)
    }
}
