import Foundation
import Synchronization

/// A process that a suite started: a server, a client of a peer, or a probe of our own.
///
/// `posix_spawn` by hand and not Foundation's `Process`: a child must not inherit the signals that `bench`
/// ignores, and stays in its process group, so that Ctrl-C reaches it as well.
final class ChildProcess: Sendable {
    /// How it ended, and what it used.
    struct End {
        /// Exit code; nil when a signal ended it.
        let code: Int32?

        /// Of itself and of its children that it waited for.
        let cpuSeconds: Double
    }

    let pid: pid_t
    private let name: String
    private let errors: String
    private let input: Int32
    private let output: Int32

    /// How it ended; once that is known, the number may be somebody else's, and gets no signal any more.
    private let known = Mutex<End?>(nil)

    /// Starts it.
    ///
    /// Its input is empty, and open until `finishInput`. Its errors go to a file, and so does its output if
    /// one is named for it; else `line` and `rest` read that.
    init(_ command: [String], output: String? = nil, errors: String) throws {
        guard let binary = command.first else { preconditionFailure("a command has a name") }
        let (toChild, fromChild) = (try Self.pipe(), try Self.pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
        if let output {
            posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
        }
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let started = Self.spawn(binary, command, &actions)
        close(toChild.read)
        close(fromChild.write)
        guard started.status == 0 else {
            close(toChild.write)
            close(fromChild.read)
            throw BenchError("\(binary) can't be started: \(String(cString: strerror(started.status)))")
        }
        pid = started.pid
        name = binary
        input = toChild.write
        self.output = fromChild.read
        self.errors = errors
    }

    deinit {
        close(input)
        close(output)
    }

    private static func spawn(
        _ binary: String,
        _ command: [String],
        _ actions: inout posix_spawn_file_actions_t
    ) -> (status: Int32, pid: pid_t) {
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
        var strings = command.map { strdup($0) } + [nil]
        defer { strings.forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, binary, &actions, &attributes, &strings, environ)
        return (status, pid)
    }

    /// Both ends are closed in every child, but for what is put in the place of its standard streams.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else {
            throw BenchError("no pipe can be made: \(String(cString: strerror(errno)))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// The next line of its standard output, without its end; waits for it.
    ///
    /// - Throws: `BenchError` with its last words when it ends before.
    func line() throws -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        throw BenchError("\(name) ended without an answer: \(lastWords)")
    }

    /// The rest of its standard output, and how it ended.
    func rest() throws -> (text: String, end: End) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(output, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        let end = wait()
        guard end.code == 0 else { throw BenchError("\(name) failed: \(lastWords)") }
        return (String(decoding: bytes, as: UTF8.self), end)
    }

    /// Closes its standard input, for which a probe waits before it ends.
    func finishInput() {
        // The descriptor itself lives until deinit, so that its number can't be given to another file.
        let nothing = open("/dev/null", O_WRONLY | O_CLOEXEC)
        dup2(nothing, input)
        _ = fcntl(input, F_SETFD, FD_CLOEXEC)
        close(nothing)
    }

    /// Sends a signal; nothing happens when it is known to have ended.
    func send(_ signal: Int32) {
        known.withLock { known in
            if known == nil { _ = kill(pid, signal) }
        }
    }

    /// Waits for its end.
    @discardableResult
    func wait() -> End {
        if let end = known.withLock({ $0 }) { return end }
        // Looks first and takes it away under the lock, so that `send` never meets somebody else's number.
        var seen = siginfo_t()
        while waitid(P_PID, id_t(pid), &seen, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return known.withLock { known in
            if let end = known { return end }
            var usage = rusage()
            var status: Int32 = 0
            while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
            let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
            let end = End(code: code, cpuSeconds: ProcessUse.seconds(usage))
            known = end
            return end
        }
    }

    /// Whether it has ended, by itself or by a signal.
    var hasEnded: Bool {
        known.withLock { known in
            var seen = siginfo_t()
            guard known == nil else { return true }
            // The signal stays 0 while there is nothing to tell.
            return waitid(P_PID, id_t(pid), &seen, WEXITED | WNOHANG | WNOWAIT) == 0 && seen.si_signo != 0
        }
    }

    /// The end of what it wrote to standard error.
    var lastWords: String {
        // A file that can't be read holds no words.
        let text = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: "\n  ")
    }
}
