import Foundation

/// A process that a story started. Its output goes to files, so that nothing has to be read for it to go on,
/// and what it said is there after it was killed.
///
/// `posix_spawn` by hand and not Foundation's `Process`, because a child inherits the signals that the
/// starting thread blocks or ignores, and these stories are about SIGTERM and SIGINT.
actor ChildProcess {
    /// How a process ended.
    enum End: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Should it crash, it says where on a page, without the registers and the images.
    private static let backtrace = "SWIFT_BACKTRACE=color=no,registers=none,images=none,limit=24,demangle=yes"

    nonisolated let pid: pid_t
    private var end: End?

    /// Starts it, with no input; `environment` is what it gets beside our own, as `NAME=value`.
    init(
        _ binary: String,
        _ arguments: [String],
        environment: [String] = [],
        output: String,
        errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let inherited = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        var strings = ([binary] + arguments).map { strdup($0) } + [nil]
        var variables = (inherited + environment + [Self.backtrace]).map { strdup($0) } + [nil]
        defer { (strings + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, binary, &actions, &attributes, &strings, &variables)
        guard status == 0 else {
            throw StoryFailure("\(binary) can't be started: \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    /// Sends a signal; nothing happens when the process has ended.
    func send(_ signal: Int32) {
        if poll() == nil { _ = kill(pid, signal) }
    }

    /// How it ended; nil while it runs.
    func poll() -> End? {
        if let end { return end }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        end = signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
        return end
    }

    /// Waits for its end.
    nonisolated func ended() async throws -> End {
        try await Waiting.value("process \(pid) to end") { await self.poll() }
    }
}
