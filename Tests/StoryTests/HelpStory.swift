import Foundation
import Testing

extension Stories {
    /// What help shows is what works: each example is run in a shell, beside a host of the example app.
    struct HelpStory {
        /// Those that go on until somebody ends them, or measure for minutes: other stories are about them.
        private static let endless: Set<String> = ["run", "tail", "repl", "bench"]

        /// Those that say no here, and how: nothing is parked, and `data/orders` is there for others.
        private static let refused: [String: String] = [
            "retry 17": "unknown-parked", "skip": "unknown-parked", "restore": "folder-not-empty",
        ]

        /// A command, as the parser dumps it.
        private struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable { let name: String }

                let names: [Name]?
            }

            let commandName: String
            let discussion: String?
            let arguments: [Argument]?
            let subcommands: [Command]?

            var asksHost: Bool {
                (arguments ?? []).contains { ($0.names ?? []).contains { $0.name == "url" } }
            }

            /// The lines behind `Example:`, of this command and those below.
            var examples: [(line: String, asksHost: Bool)] {
                let own = (discussion ?? "").split(separator: "\n").filter { $0.contains("Example: ") }.map {
                    (line: String($0.split(separator: "Example: ").last ?? ""), asksHost: asksHost)
                }
                let inner = (subcommands ?? []).flatMap(\.examples)
                // A command that has others shows theirs.
                return inner.isEmpty ? own : inner
            }
        }

        private struct Dump: Decodable { let command: Command }

        @Test func `every example of the help works as it stands there`() async throws {
            let dump = try await CommandLineRun.finish(["--experimental-dump-help"]).json(Dump.self)
            let examples = dump.command.examples.filter { example in
                !Self.endless.contains { example.line.hasPrefix("perilune \($0) ") }
            }
            #expect(examples.count > 25)
            let work = try TemporaryFolder()
            try await HostProcess.with { host in
                try await prepare(work, host)
                let hash = try await hash(of: host)
                for example in examples {
                    let places = [
                        ("3f2a", hash), ("/backup/", "\(work.path)/backups/"),
                        ("http://127.0.0.1:7071", host.url),
                    ]
                    let line = places.reduce(example.line) { $0.replacing($1.0, with: $1.1) }
                    let run = try await shell(example.asksHost ? addressed(line, to: host) : line, in: work)
                    let no = Self.refused.first { example.line.hasPrefix("perilune \($0.key) ") }?.value
                    #expect(run.end == .code(no == nil ? 0 : 1), "\(line)\n\(run.errors)")
                    if let no { #expect(run.errors.contains(no), "\(line)\n\(run.errors)") }
                }
            }
        }

        /// The host of a story doesn't listen where a command looks by itself.
        private func addressed(_ line: String, to host: HostProcess) -> String {
            if line.contains("--url") || line.contains("--data") { return line }
            let parts = line.components(separatedBy: " > ")
            return ([parts[0] + " --url \(host.url)"] + parts.dropFirst()).joined(separator: " > ")
        }

        private func shell(
            _ line: String,
            in work: TemporaryFolder
        ) async throws -> (end: ChildProcess.End, errors: String) {
            let output = try TemporaryFolder()
            let script = "cd '\(work.path)' && PATH='\(work.path)/bin':$PATH && \(line)"
            let process = try ChildProcess(
                "/bin/sh",
                ["-c", script],
                output: output.path + "/output",
                errors: output.path + "/errors"
            )
            return (try await process.ended(), TemporaryFolder.text(of: output.path + "/errors"))
        }

        private struct HistoryAnswer: Decodable {
            struct Published: Decodable { let hash: String }

            let scripts: [Published]
        }

        private func hash(of host: HostProcess) async throws -> String {
            let history = try await CommandLineClient(host).machine(HistoryAnswer.self, "history")
            return try #require(history.scripts.first?.hash)
        }

        /// What the examples speak of: the binary and the app by their names, an order, events, a backup.
        private func prepare(_ work: TemporaryFolder, _ host: HostProcess) async throws {
            try work.write("report.lua", "print(#events())")
            for folder in ["bin", "backups", "data", "orders/fixtures", "scripts/examples"] {
                try work.write(folder + "/readme", "")
            }
            let files = FileManager.default
            for (name, file) in [
                ("bin/perilune", try Places.binary()), ("scripts/examples/orders", Places.ordersApp),
            ] {
                try files.createSymbolicLink(atPath: "\(work.path)/\(name)", withDestinationPath: file)
            }
            let line = CommandLineClient(host)
            for _ in 1...4 {
                _ = try await line.people("command", "stock", "pear", "restock", #"{"quantity":3}"#)
            }
            let order = #"{"customer":"ada","lines":[{"sku":"pear","quantity":1,"price":4}]}"#
            for key in ["42", "43"] { _ = try await line.people("command", "order", key, "place", order) }
            // Positions that the examples name.
            for _ in 1...2 {
                let notes = (1...700).map { #"{"stream":"note-x","type":"Noted","data":\#($0)}"# }
                let body = #"{"events":[\#(notes.joined(separator: ","))]}"#
                #expect(try await HTTPClient(port: host.port).send(.post("/commits", body)).status == 201)
            }
            _ = try await line.people("backup", work.path + "/backup")
            let restored = ["restore", work.path + "/backup", work.path + "/data/orders"]
            let run = try await CommandLineRun.finish(restored)
            #expect(run.end == .code(0), "\(run)")
        }
    }
}
