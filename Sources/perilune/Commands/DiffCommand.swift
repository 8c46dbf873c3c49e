import ArgumentParser
import EventLog
import Foundation
import Runtime
import Server

/// `perilune diff`: what would change if other scripts decided.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Replays recorded commands and events through two versions, and shows what would change.",
        discussion: """
            Compared is with what is live in the log, or with --old. Nothing is written. With --data it \
            reads a data folder or a backup, and needs no host. Exit code 0: nothing would change but cost; \
            2: something would.

            Both versions see the recorded events, whatever they decided themselves before: each difference \
            is one of its own. Steps that call out are compared up to their call.

            With --recomputed each version lives through the commands and events that came from outside, on \
            a fork of its own: what follows from its decisions is decided by it too, and timers fire by the \
            recorded clock.

            Example: perilune diff scripts/examples/orders --since 1h
            Example: perilune diff scripts/examples/orders --since 1h --recomputed
            """
    )

    @Argument(help: "The folder with the new scripts.")
    var new: String

    @Option(help: "Compare with this folder, or with the scripts of this hash; without it, what is live.")
    var old: String?

    @Option(help: "Begin at this age, such as 1h, or at this time, such as 2026-08-01T09:30:00Z.")
    var since: String?

    @Option(help: "Begin at this position.")
    var from: UInt64?

    @Option(help: "End at this position.")
    var to: UInt64?

    @Flag(help: "Let each version live with what it decides, instead of what is recorded.")
    var recomputed = false

    @Option(help: "Compare only commands of this aggregate.")
    var aggregate: String?

    @Option(help: "Compare only steps of this handler.")
    var handler: String?

    @Option(help: "Read this data folder or backup, instead of asking a host.")
    var data: String?

    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard since == nil || from == nil else {
            throw ValidationError("--since and --from both say where to begin; give one")
        }
    }

    func run() async throws {
        let scripts = try reporting { () throws(RuntimeError) in try ScriptSet(folder: new) }
        if let data { return try finish(try await compare(scripts, in: data)) }
        // One that is no folder is a hash, which the host knows.
        let isFolder = old.map { FileManager.default.fileExists(atPath: $0) } ?? false
        let oldFolder = isFolder ? old : nil
        let oldScripts = try oldFolder.map { folder in
            try reporting { () throws(RuntimeError) in try ScriptSet(folder: folder) }
        }
        var answer: JSONValue = .null
        let bar = Self.bar()
        try await client.perform { api in
            defer { bar.clear() }
            let parameters = [
                (name: "old", value: isFolder ? nil : old), (name: "since", value: since),
                (name: "from", value: from.map { String($0) }), (name: "to", value: to.map { String($0) }),
                (name: "aggregate", value: aggregate), (name: "handler", value: handler),
                (name: "recomputed", value: recomputed ? "true" : nil),
            ]
            let path = RequestPath(["scripts", "diff"], parameters)
            let body = Self.body(scripts, oldScripts)
            answer = try await api.post(path, body: body) { bar.show($0, of: $1) }
        }
        try finish(answer)
    }

    private static func bar() -> ProgressBar { ProgressBar("diff") { "\($0) events" } }

    private func finish(_ diff: JSONValue) throws {
        Console.standardOutput.line(client.json ? JSONText.compact(diff) : DiffText.text(diff))
        if diff["same"]?.bool != true { throw ExitCode.different }
    }

    private static func body(_ new: ScriptSet, _ old: ScriptSet?) -> [UInt8] {
        var members = ["files": files(of: new)]
        if let old { members["old_files"] = files(of: old) }
        return Array(JSONText.compact(.object(members)).utf8)
    }

    private static func files(of scripts: ScriptSet) -> JSONValue {
        .object(scripts.files.mapValues { .string(String(decoding: $0, as: UTF8.self)) })
    }

    private func reporting<Value>(_ body: () throws(RuntimeError) -> Value) throws -> Value {
        do throws(RuntimeError) { return try body() } catch {
            throw FailureText.report(error.code, error.description, hint: error.hint, json: client.json)
        }
    }

    // MARK: A data folder

    private func compare(_ scripts: ScriptSet, in folder: String) async throws -> JSONValue {
        let bar = Self.bar()
        defer { bar.clear() }
        return try await FolderLog.reading(folder, json: client.json) { log in
            var request = DiffRequest(old: try oldScripts(in: log), new: scripts)
            (request.from, request.to) = (try first(in: log), to)
            (request.aggregate, request.handler) = (aggregate, handler)
            request.downstream = recomputed ? .recomputed : .recorded
            return try ScriptComparison.run(request, over: log) { bar.show($0, of: $1) }.json
        }
    }

    private func oldScripts(in log: ReadOnlyLog) throws(RuntimeError) -> ScriptSet {
        if let old, FileManager.default.fileExists(atPath: old) { return try ScriptSet(folder: old) }
        let archive = ScriptArchive(log: log)
        if let old { return try archive.scripts(old) }
        guard let live = try archive.live() else {
            throw .invalidInput("the log has no scripts to compare with; name some with --old")
        }
        return try archive.scripts(of: live)
    }

    private func first(in log: ReadOnlyLog) throws -> Position? {
        guard let since else { return from }
        if let microseconds = DurationText.microseconds(since) {
            return try log.firstPosition(notBefore: LogClock.system() - microseconds)
        }
        guard let time = TimeText.parse(since) else {
            throw RuntimeError.invalidInput("--since \(since) is neither an age nor a time")
        }
        return try log.firstPosition(notBefore: time)
    }
}
