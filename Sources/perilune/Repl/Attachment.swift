import EventLog
import Runtime

/// Where a prompt is attached: a running host, or a data folder that is only read.
///
/// Made before the prompt's thread runs; what it asks of a host holds up that thread.
struct Attachment: Sendable {
    /// What the prompt shows before the position: the app's name, or the folder's.
    let name: String
    let log: any EventLog
    let calls = BlockingCalls()
    /// The events that a `tail` waits for.
    let live = LiveQueue()

    private let remote: (api: APIClient, log: RemoteLog)?

    /// Attaches to a running host.
    init(api: APIClient) async throws(ClientError) {
        let log = try await RemoteLog.attach(api, calls)
        name = log.app
        self.log = log
        remote = (api, log)
    }

    /// Opens a data folder or a backup.
    init(folder: ReadOnlyLog, named path: String) throws(RuntimeError) {
        let path = path.split(separator: "/").last.map(String.init) ?? path
        name = try ScriptArchive(log: folder).live()?.app ?? path
        log = folder
        remote = nil
    }

    /// What the explorer may ask, beside reading.
    func services(_ terminal: ReplTerminal, app: String?) -> ExplorerServices {
        var services = ExplorerServices()
        if let app { services.scripts = { () throws(RuntimeError) in try ScriptSet(folder: app) } }
        services.words = terminal.words
        let host = remote.map { HostWords(api: $0.api, log: $0.log, calls: calls, live: live) }
        services.words.merge(host?.words ?? HostWords.absent) { $1 }
        services.waitingWords = terminal.waitingWords
        services.waitingWords["repl_next"] = { [live] _ in try HostWords.next(live) }
        if let host {
            services.refresh = { try host.log.refresh() }
            services.query = host.query
            services.send = host.send(_:under:)
            services.sendTogether = host.send(together:under:)
        }
        return services
    }

    /// What reads the log for the names in it, beside the prompt.
    func reader(of names: KnownNames) -> NameReader {
        guard let beside = remote?.log.beside() else { return NameReader(names, from: log) {} }
        return NameReader(names, from: beside) { try beside.refresh() }
    }

    /// What was in the way when an error speaks of the API: the host's own answer, or that there was none.
    func clientError(behind error: (any Error)?) -> ClientError? {
        if let error = error as? ClientError { return error }
        return remote?.log.takeFailure()
    }

    /// Ends what waits for the host.
    func interrupt() {
        calls.cancel()
        live.end()
    }
}
