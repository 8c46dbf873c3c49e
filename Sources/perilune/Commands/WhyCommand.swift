import ArgumentParser
import EventLog
import Runtime

/// `perilune why`: how an event came to be.
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Explains an event: which rule decided it, at which line, from what, back to the command.",
        discussion: """
            Each step on the way is run again by the scripts that decided it, on the log as it was, to find \
            the line and what it had seen. With --data it reads a data folder or a backup, and needs no host.

            Example: perilune why stock-pear@3
            """
    )

    @Argument(help: "A position, such as 1234, or an event of a stream, such as order-42@0.")
    var event: String

    @Option(help: "Read this data folder or backup, instead of asking a host.")
    var data: String?

    @OptionGroup var client: ClientOptions

    private enum Place {
        case position(Position)
        case revision(String, Revision)
    }

    /// `1234`, or `order-42@0`; a stream's name may hold `@` itself.
    private var place: Place? {
        if let position = Position(event) { return .position(position) }
        guard let at = event.lastIndex(of: "@"), let revision = Revision(event[event.index(after: at)...])
        else { return nil }
        return .revision(String(event[..<at]), revision)
    }

    func validate() throws {
        if place == nil {
            throw ValidationError("\(event) is neither a position nor STREAM@REVISION, such as order-42@0.")
        }
    }

    func run() async throws {
        guard let place else { return }
        if let data { return try await explain(place, in: data) }
        try await client.perform { api in
            let path =
                switch place {
                case .position(let position): RequestPath(["why", String(position)])
                case .revision(let stream, let revision): RequestPath(["why", stream, String(revision)])
                }
            try client.show(try await api.get(path), WhyText.text)
        }
    }

    private func explain(_ place: Place, in folder: String) async throws {
        let why = try await FolderLog.reading(folder, json: client.json) { log in
            let search = WhySearch(log)
            return switch place {
            case .position(let position): try search.why(position)
            case .revision(let stream, let revision):
                try search.why(try StreamName(stream), revision: revision)
            }
        }
        Console.standardOutput.line(client.json ? JSONText.compact(why.json) : WhyText.text(why.json))
    }
}
