import Foundation

/// One life of the `EndlessWriter`, from its start to its `kill -9`.
///
/// Its calls block, and so belong on a thread of their own.
final class WriterProcess {
    /// When a writer is killed: behind so many lines of output, and then not at once.
    struct Moment {
        /// 0: before it did anything; 1: while it opens the log; more: so many frames less one.
        var lines: Int
        /// How long it goes on after them.
        var pause: Duration
    }

    private let pid: pid_t
    private let output: Int32
    private var unread: [UInt8] = []
    private var lines: [String] = []
    private var hasEnded = false

    /// Runs a writer on a folder until the moment comes; returns the frames that it said were durable.
    static func live(in folder: String, segmentBytes: Int, until moment: Moment) async throws -> [Int] {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let writer = try WriterProcess([folder, "\(segmentBytes)"])
                        defer { writer.kill() }
                        try writer.read(until: moment)
                        writer.kill()
                        return writer.lines.compactMap { Int($0) }
                    }
                )
            }
        }
    }

    /// The binary: beside the test bundle, where one build puts both.
    private static func binary() throws -> String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
        let binary = bundle.deletingLastPathComponent().appendingPathComponent("EndlessWriter").path
        guard FileManager.default.isExecutableFile(atPath: binary) else {
            throw KillFailure("there is no \(binary); run `swift build` first")
        }
        return binary
    }

    private init(_ arguments: [String]) throws {
        // A pipe with a name: the ends are opened on either side, so no other process that is started
        // meanwhile holds one of them open.
        let pipe = FileManager.default.temporaryDirectory.path + "/perilune-writer-\(UUID().uuidString)"
        guard mkfifo(pipe, 0o600) == 0 else { throw KillFailure("there is no pipe: errno \(errno)") }
        defer { unlink(pipe) }
        output = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, pipe, O_WRONLY, 0)
        let binary = try Self.binary()
        var strings = ([binary] + arguments).map { strdup($0) } + [nil]
        defer { strings.forEach { free($0) } }
        var pid: pid_t = 0
        let status = posix_spawn(&pid, binary, &actions, nil, &strings, environ)
        guard status == 0 else { throw KillFailure("\(binary) can't be started: errno \(status)") }
        self.pid = pid
    }

    deinit {
        close(output)
    }

    private func read(until moment: Moment) throws {
        while lines.count < moment.lines {
            // Nothing takes a minute: a writer that is silent for so long never speaks again.
            guard take(within: .seconds(60)) else { throw KillFailure("the writer hangs after \(lines)") }
            if hasEnded { throw KillFailure("the writer ended by itself after \(lines.suffix(5))") }
        }
        let end = ContinuousClock.now + moment.pause
        while !hasEnded, ContinuousClock.now < end { _ = take(within: end - .now) }
    }

    /// Kills it, and takes what it had said by then.
    private func kill() {
        guard !hasEnded else { return }
        _ = Foundation.kill(pid, SIGKILL)
        while !hasEnded { _ = take(within: .seconds(1)) }
        var status: Int32 = 0
        waitpid(pid, &status, 0)
    }

    /// Takes what it says, or notices its end; false when neither comes in time.
    private func take(within time: Duration) -> Bool {
        let (seconds, attoseconds) = time.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, Int32(milliseconds)) == 1 else { return false }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Foundation.read(output, &buffer, buffer.count)
        guard count > 0 else {
            hasEnded = true
            return true
        }
        unread += buffer[..<count]
        while let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: unread[..<end], as: UTF8.self))
            unread.removeSubrange(...end)
        }
        return true
    }
}

/// Why a loop could not go on, or what was wrong with the log.
struct KillFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    /// Fails unless something holds.
    static func unless(_ condition: Bool, _ description: @autoclosure () -> String) throws {
        if !condition { throw KillFailure(description()) }
    }
}
