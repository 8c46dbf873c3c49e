import Foundation

/// One run of `perilune` that isn't a host: a command line, and what came of it.
struct CommandLineRun: CustomStringConvertible {
    let arguments: [String]
    let end: ChildProcess.End
    let output: String
    let errors: String

    var description: String {
        """
        perilune \(arguments.joined(separator: " ")) ended with \(end)
        it wrote:
        \(output)
        and complained:
        \(errors)
        """
    }

    /// Runs it to its end.
    static func finish(_ arguments: [String]) async throws -> CommandLineRun {
        let started = try StartedCommand(arguments)
        return try await started.finish()
    }

    /// The output as JSON of one kind.
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try parse(type, output)
    }

    /// Each line of the output as JSON of one kind.
    func lines<Value: Decodable>(_ type: Value.Type) throws -> [Value] {
        try output.split(separator: "\n").map { try parse(type, String($0)) }
    }

    private func parse<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StoryFailure("not a \(type): \(self)\n\(error)")
        }
    }
}

/// A command line that is running.
struct StartedCommand {
    let arguments: [String]
    let process: ChildProcess
    private let folder: TemporaryFolder

    init(_ arguments: [String]) throws {
        self.arguments = arguments
        folder = try TemporaryFolder()
        process = try ChildProcess(
            try Places.binary(),
            arguments,
            output: folder.path + "/output",
            errors: folder.path + "/errors"
        )
    }

    /// What it has written so far.
    var output: String { TemporaryFolder.text(of: folder.path + "/output") }

    /// What it has complained about so far.
    var errors: String { TemporaryFolder.text(of: folder.path + "/errors") }

    func finish() async throws -> CommandLineRun {
        let end = try await process.ended()
        return CommandLineRun(arguments: arguments, end: end, output: output, errors: errors)
    }
}
