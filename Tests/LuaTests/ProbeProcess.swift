import Foundation

/// One run of the `LuaProbe`, from its start to its end.
struct ProbeProcess {
    let output: String
    let errors: String
    /// As a shell shows it: the code of an exit, or 128 and the signal.
    let status: Int32

    /// Runs it on a thread of its own, because waiting for a process blocks.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> ProbeProcess {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try ProbeProcess(arguments, environment) })
            }
        }
    }

    /// The binary: beside the test bundle, where one build puts both.
    private static func binary() throws -> String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
        let binary = bundle.deletingLastPathComponent().appendingPathComponent("LuaProbe").path
        guard FileManager.default.isExecutableFile(atPath: binary) else {
            throw ProbeTrouble(description: "there is no \(binary); run `swift build` first")
        }
        return binary
    }

    private init(_ arguments: [String], _ environment: [String: String]) throws {
        // Files, not pipes: the process can write all it has while nobody reads.
        let place = FileManager.default.temporaryDirectory.path + "/perilune-probe-\(UUID().uuidString)"
        let files = [place + ".out", place + ".err"]
        defer { files.forEach { unlink($0) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for (descriptor, file) in zip([1, 2] as [Int32], files) {
            posix_spawn_file_actions_addopen(&actions, descriptor, file, O_WRONLY | O_CREAT, 0o600)
        }
        let binary = try Self.binary()
        var strings = ([binary] + arguments).map { strdup($0) } + [nil]
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (strings + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let started = posix_spawn(&pid, binary, &actions, nil, &strings, &variables)
        guard started == 0 else {
            throw ProbeTrouble(description: "\(binary) can't be started: errno \(started)")
        }
        var ended: Int32 = 0
        while waitpid(pid, &ended, 0) < 0 {
            guard errno == EINTR else { throw ProbeTrouble(description: "waitpid: errno \(errno)") }
        }
        status = ended & 0x7F == 0 ? (ended >> 8) & 0xFF : 128 + (ended & 0x7F)
        output = try String(contentsOfFile: files[0], encoding: .utf8)
        errors = try String(contentsOfFile: files[1], encoding: .utf8)
    }
}

/// Why there is no run to look at.
struct ProbeTrouble: Error, CustomStringConvertible {
    let description: String
}
