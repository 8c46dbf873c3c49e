import Foundation

/// A prompt that follows a host's log, as a process of its own.
final class PromptTail {
    private let line: String
    private let port: Int
    private let output: String

    /// Attempts to see a line that is to come, a tenth of a second of load each.
    private static let attemptsMax = 100

    init(_ line: String, port: Int, output: String) {
        self.line = line
        self.port = port
        self.output = output
    }

    /// Follows while `body` runs, from when it has shown something; `load` makes events that it may show.
    ///
    /// Fails unless it shows so many of what `body` makes.
    func following<Value>(
        _ leftovers: Leftovers,
        shows count: Int,
        load: () async throws -> Void,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let command = [
            try OwnBinary.path(), "eval", "--json", "--url", "http://127.0.0.1:\(port)", line,
        ]
        let process = try ChildProcess(command, output: output, errors: output + "-err")
        return try await leftovers.withProcess(process, endedBy: SIGTERM) { process in
            try await shows(1, of: process, load: load)
            let before = lines
            let value = try await body()
            try await shows(before + count, of: process, load: load)
            return value
        }
    }

    private func shows(_ count: Int, of process: ChildProcess, load: () async throws -> Void) async throws {
        var attempts = 0
        while lines < count {
            attempts += 1
            guard attempts <= Self.attemptsMax, !process.hasEnded else {
                throw BenchError("a prompt shows \(lines) events of \(count): \(process.lastWords)")
            }
            try await load()
        }
    }

    /// How many lines it has shown.
    private var lines: Int {
        // There is no file before the first.
        ((try? Data(contentsOf: URL(fileURLWithPath: output))) ?? Data()).count { $0 == 0x0A }
    }
}
