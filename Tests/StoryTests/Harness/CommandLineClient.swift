/// The command line, pointed at one host.
struct CommandLineClient: Sendable {
    private let url: String

    init(_ host: HostProcess) {
        url = host.url
    }

    func run(_ arguments: [String]) async throws -> CommandLineRun {
        try await start(arguments).finish()
    }

    func start(_ arguments: [String]) throws -> StartedCommand {
        try StartedCommand(arguments + ["--url", url])
    }

    /// What a command that works writes for people.
    func people(_ arguments: [String]) async throws -> String {
        try await success(arguments).output
    }

    /// What a command that works writes for people.
    func people(_ arguments: String...) async throws -> String {
        try await people(arguments)
    }

    /// What a command that works writes for machines.
    func machine<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) async throws -> Value {
        try await success(arguments + ["--json"]).json(type)
    }

    /// What a command that works writes for machines.
    func machine<Value: Decodable>(_ type: Value.Type, _ arguments: String...) async throws -> Value {
        try await machine(type, arguments)
    }

    private func success(_ arguments: [String]) async throws -> CommandLineRun {
        let run = try await run(arguments)
        guard run.end == .code(0), run.errors.isEmpty else { throw StoryFailure("\(run)") }
        return run
    }
}
