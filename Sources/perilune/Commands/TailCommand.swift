import ArgumentParser
import AsyncHTTPClient
import NIOCore
import Runtime

/// `perilune tail`: follows the log as it grows.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Follows events live, until Ctrl-C.",
        discussion: """
            It shows what happens from now on; with --from or --since it catches up first. When the host \
            stops, it waits until the host is back, and goes on where it was: nothing is missed, nothing \
            shown twice.

            Example: perilune tail --category order --since 1h
            """
    )

    @OptionGroup var filter: EventFilterOptions

    @OptionGroup var client: ClientOptions

    /// Seconds between two attempts to reach a host that went away.
    private static let retrySeconds = 1

    func run() async throws {
        let interruption = Interruption()
        try await client.perform { api in
            var lastID = try await startID(api)
            var hasBeenReached = false
            var isAway = false
            while true {
                do throws(ClientError) {
                    let body = try await api.follow(path, after: lastID)
                    if isAway { Console.standardError.line("perilune: the host is back") }
                    (hasBeenReached, isAway) = (true, false)
                    try await show(body, of: api, after: &lastID)
                } catch {
                    guard hasBeenReached, error.isTransient else { throw error }
                    if !isAway { Console.standardError.line("perilune: the host is away; waiting for it") }
                    isAway = true
                    try await Task.sleep(for: .seconds(Self.retrySeconds))
                }
            }
        }
        withExtendedLifetime(interruption) {}
    }

    /// Where a reconnect begins before the first event was seen: behind the newest one, unless told
    /// otherwise.
    ///
    /// Asked for before the stream is opened, so that a host that restarts in between loses nothing.
    private func startID(_ api: APIClient) async throws(ClientError) -> String? {
        guard filter.from == nil, filter.since == nil else { return nil }
        let newest = try await api.get(RequestPath(["healthz"])).value()["position"]?.integer
        return newest.map { String($0) }
    }

    private var path: RequestPath {
        let own = [
            (name: "from", value: filter.from.map { String($0) }), (name: "stream", value: filter.stream),
        ]
        return RequestPath(["events", "live"], own + filter.parameters)
    }

    /// What the host says when it can't go on with the stream.
    private func problem(in block: EventStreamParser.Block) -> ProblemDocument? {
        block.event == "$problem" ? ProblemDocument(status: 500, bytes: block.data) : nil
    }

    private func show(
        _ body: HTTPClientResponse.Body,
        of api: APIClient,
        after lastID: inout String?
    ) async throws(ClientError) {
        let text = EventText(width: Console.standardOutput.width)
        var parser = EventStreamParser()
        do {
            for try await chunk in body {
                for block in parser.parse(chunk.readableBytesView) {
                    if let problem = problem(in: block) { throw ClientError.problem(problem) }
                    lastID = block.id ?? lastID
                    let event = try Answer(url: api.url, bytes: block.data).value()
                    Console.standardOutput.line(client.json ? JSONText.compact(event) : text.line(event))
                }
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw .unreachable(url: api.url, reason: "\(error)")
        }
        throw .unreachable(url: api.url, reason: "the stream ended")
    }
}
