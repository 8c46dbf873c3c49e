import Foundation

/// A `perilune` at a terminal of its own: what a person types, and what they see.
actor TerminalProcess {
    nonisolated let pid: pid_t
    private let terminal: Int32
    private var screen = ""
    /// How much of the screen was looked at.
    private var seen = 0

    /// Columns: what a line of a story needs.
    private static let columns: UInt16 = 200
    /// `TIOCSPTLCK` and `TIOCGPTN`: glibc's calls for them are hidden from Swift.
    private static let unlock: UInt = 0x4004_5431
    private static let numberOfOther: UInt = 0x8004_5430
    /// Makes the child the leader of a session, whose terminal is the first that it opens.
    private static let newSession: Int16 = 0x80

    /// Starts it; `environment` is what it gets beside our own, as `NAME=value`.
    init(_ arguments: [String], environment: [String]) throws {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var number: UInt32 = 0
        var isLocked: Int32 = 0
        guard terminal >= 0, ioctl(terminal, Self.unlock, &isLocked) == 0,
            ioctl(terminal, Self.numberOfOther, &number) == 0
        else { throw StoryFailure("there is no terminal") }
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: 50, ws_col: Self.columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        _ = fcntl(terminal, F_SETFL, O_NONBLOCK)
        _ = fcntl(terminal, F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Self.newSession
        posix_spawnattr_setflags(&attributes, flags)
        let binary = try Places.binary()
        let inherited = ProcessInfo.processInfo.environment.map { "\($0)=\($1)" }
        var strings = ([binary] + arguments).map { strdup($0) } + [nil]
        var variables = (inherited + ["TERM=xterm"] + environment).map { strdup($0) } + [nil]
        defer { (strings + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, binary, &actions, &attributes, &strings, &variables)
        guard status == 0 else {
            throw StoryFailure("\(binary) can't be started: \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    deinit {
        close(terminal)
    }

    /// Types text; a line ends with a return.
    func type(_ text: String) {
        // What was there before isn't what this leads to.
        read()
        seen = screen.utf8.count
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(terminal, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Types a line, and waits until something is seen that comes of it.
    nonisolated func line(_ text: String, shows expected: String) async throws {
        await type(text + "\r")
        try await shows(expected)
    }

    /// The same, when one of several comes of it.
    nonisolated func line(_ text: String, shows expected: [String]) async throws {
        await type(text + "\r")
        try await shows(expected)
    }

    /// Waits until a text is seen, behind what was typed last.
    nonisolated func shows(_ expected: String) async throws { try await shows([expected]) }

    /// Waits until one of several texts is.
    nonisolated func shows(_ expected: [String]) async throws {
        try await Waiting.until("\(expected) on the screen") {
            let shown = await read()
            if expected.contains(where: shown.contains) { return true }
            if let end = await poll() {
                throw StoryFailure("it ended with \(end), not showing \(expected): \(shown)")
            }
            return false
        }
    }

    /// What is seen behind what was typed last.
    @discardableResult
    func read() -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(terminal, &buffer, buffer.count)
            guard count > 0 else { break }
            screen += String(decoding: buffer[..<count], as: UTF8.self)
        }
        return String(decoding: Array(screen.utf8).dropFirst(seen), as: UTF8.self)
    }

    private var ended: ChildProcess.End?

    private func poll() -> ChildProcess.End? {
        if let ended { return ended }
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        let signal = status & 0x7F
        ended = signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
        return ended
    }

    /// Waits for its end.
    nonisolated func end() async throws -> ChildProcess.End {
        try await Waiting.value("the prompt to end") {
            // Else it could wait for us to read.
            await read()
            return await poll()
        }
    }

    /// Ends it, whatever it does.
    func kill() {
        guard poll() == nil else { return }
        _ = Glibc.kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }
}
