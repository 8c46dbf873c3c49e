import ArgumentParser
import EventLog
import Runtime

/// Where a prompt is attached, and how.
struct AttachmentOptions: ParsableArguments {
    @OptionGroup var client: ClientOptions

    @Option(help: "Look into this data folder or backup, instead of asking a host. Nothing is written.")
    var data: String?

    @Option(
        help: "Run the scripts of this folder, read anew when they change, instead of those that are live."
    )
    var app: String?

    @Flag(help: "Write to the host at once, instead of to a fork.")
    var write = false

    func validate() throws {
        if write, data != nil { throw ValidationError("--write needs a host: a data folder is only read.") }
    }

    /// Attaches, and hands over a session.
    func attached(_ body: (ReplSession) async throws -> ExitCode) async throws {
        let setup = ReplSession.Setup(app: app, json: client.json, isWriting: write)
        let end: ExitCode
        if let data {
            end = try await FolderLog.reading(data, json: client.json) { log in
                try await body(try ReplSession(try Attachment(folder: log, named: data), setup))
            }
        } else {
            var answer = ExitCode.success
            try await client.perform { api in
                do {
                    answer = try await body(try ReplSession(try await Attachment(api: api), setup))
                } catch let error as RuntimeError {
                    throw FailureText.report(
                        error.code,
                        error.description,
                        hint: error.hint,
                        json: client.json
                    )
                }
            }
            end = answer
        }
        if end != .success { throw end }
    }
}
