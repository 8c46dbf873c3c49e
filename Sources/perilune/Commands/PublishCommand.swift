import ArgumentParser
import Foundation
import Runtime

/// Who publishes, and why.
struct AuthorOptions: ParsableArguments {
    @Option(help: "Why, for the history: one line.")
    var note: String?

    @Option(help: "Who, for the history.")
    var author = NSUserName()

    @Flag(help: "Go on although a handler with parked events, or an aggregate with streams, is gone.")
    var force = false

    /// As members of a request.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if let note { members["note"] = .string(note) }
        if !author.isEmpty { members["author"] = .string(author) }
        return members
    }

    var query: [(String, String)] { force ? [("force", "true")] : [] }
}

/// `perilune publish`: makes the scripts of a folder live on a running host.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Makes an app's scripts live on a running host, between two batches.",
        discussion: """
            They must compile, load, hold their own specs, and deal with the newest events; else what was \
            live goes on, and the exit code is 2. Comments and layout change nothing.

            Example: perilune publish scripts/examples/orders --note "free shipping from 50 on"
            Example: perilune publish scripts/examples/orders --check
            """
    )

    @Argument(help: "The app's folder, which holds app.lua.")
    var app: String

    @Flag(help: "Only check, and tell what would change.")
    var check = false

    @OptionGroup var options: AuthorOptions

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let scripts: ScriptSet
        do { scripts = try ScriptSet(folder: app) } catch {
            throw FailureText.report(error.code, error.description, hint: error.hint)
        }
        var texts = scripts.files
        for spec in scripts.specs { texts[spec.name] = spec.text }
        // The host runs the specs before anything goes live.
        texts.merge(scripts.fixtures.named(in: scripts.specs)) { script, _ in script }
        let files = texts.mapValues { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
        var members = options.members
        members["files"] = .object(files)
        members["app"] = .string(scripts.name)
        let body = Array(JSONText.compact(.object(members)).utf8)
        let path = RequestPath(["scripts"], check ? options.query + [("check", "true")] : options.query)
        try await client.perform { api in
            try client.show(try await api.post(path, body: body), PublishText.text)
        }
    }
}

/// `perilune rollback`: makes a former script set live again.
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Makes scripts live again that were live before.",
        discussion: """
            Their text is in the log; `perilune history` lists the hashes, and the first digits of one will \
            do. The log says that they were rolled back to, by whom and why.

            Example: perilune rollback 3f2a --note "the discount was wrong"
            """
    )

    @Argument(help: "The hash of the set, or its first digits.")
    var hash: String

    @OptionGroup var options: AuthorOptions

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let body = Array(JSONText.compact(.object(options.members)).utf8)
        try await client.perform { api in
            let path = RequestPath(["scripts", hash, "activate"], options.query)
            try client.show(try await api.post(path, body: body), PublishText.text)
        }
    }
}

/// `perilune history`: what was live, and the texts of it.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Lists the scripts that were live, newest first, or shows those of one hash.",
        discussion: """
            Example: perilune history
            Example: perilune history 3f2a app.lua
            """
    )

    @Argument(help: "A hash, or its first digits: shows the files of that set.")
    var hash: String?

    @Argument(help: "A file of it: shows its text.")
    var file: String?

    @Option(help: "How many to list.")
    var limit = 20

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.perform { api in
            guard let hash else {
                let answer = try await api.get(RequestPath(["scripts"]))
                return try client.show(answer) { PublishText.history($0, limit: limit) }
            }
            let answer = try await api.get(RequestPath(["scripts", hash]))
            try client.show(answer) { scripts in
                let files = scripts["files"]?.object ?? [:]
                guard let file else {
                    return files.sorted { $0.key < $1.key }.map { path, text in
                        "\(path)  \(text.string?.split(separator: "\n").count ?? 0) lines"
                    }.joined(separator: "\n")
                }
                guard let text = files[file]?.string else {
                    throw ClientError.invalidArgument(
                        file,
                        reason: "the set has \(files.keys.sorted().joined(separator: ", "))"
                    )
                }
                return text
            }
        }
    }
}
