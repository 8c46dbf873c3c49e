import Runtime

/// The HTTP API over a running host: the table of all routes, and nothing else.
///
/// A name in braces is a path segment that the handler reads, percent-decoded and checked by `PathNames`. Who
/// answers is the group that is named; how a request becomes a response is in `APIServer+Serving.swift`.
public struct APIServer: Sendable {
    let host: Host
    let options: ServerOptions

    /// An API over a host that has started.
    public init(host: Host, options: ServerOptions = ServerOptions()) {
        self.host = host
        self.options = options
    }

    var routes: [Route] {
        let commands = CommandRoutes(host: host)
        let streams = StreamRoutes(host: host)
        let commits = CommitRoutes(host: host)
        let events = EventRoutes(host: host, clock: options.clock)
        let live = LiveRoutes(
            host: host,
            clock: options.clock,
            heartbeat: options.heartbeatMicroseconds,
            interval: options.liveIntervalMicroseconds
        )
        let state = StateRoutes(host: host)
        let queries = QueryRoutes(host: host)
        let processors = ProcessorRoutes(host: host)
        let parked = ParkedRoutes(host: host)
        let why = WhyRoutes(host: host)
        let diff = DiffRoutes(host: host, clock: options.clock)
        let backup = BackupRoutes(host: host)
        let scripts = ScriptRoutes(host: host)
        let health = HealthRoutes(host: host)
        return [
            .post("/commands/{aggregate}/{key}/{command}", commands.execute),
            .post("/streams/{stream}", streams.append),
            .get("/streams/{stream}", streams.read),
            .post("/commits", commits.commit),
            .get("/events", events.read),
            .get("/events/live", live.follow),
            .get("/state/{aggregate}/{key}", state.read),
            .get("/queries/{name}", queries.run),
            .get("/processors", processors.list),
            .post("/processors/{name}/pause", processors.pause),
            .post("/processors/{name}/resume", processors.resume),
            .post("/processors/{name}/rebuild", processors.rebuild),
            .get("/parked", parked.list),
            .post("/parked/retry", parked.retryAll),
            .post("/parked/{position}/retry", parked.retry),
            .post("/parked/{position}/skip", parked.skip),
            .get("/scripts", scripts.history),
            .get("/scripts/{hash}", scripts.read),
            .post("/scripts", scripts.publish),
            .post("/scripts/{hash}/activate", scripts.activate),
            .get("/why/{event}", why.position),
            .get("/why/{event}/{revision}", why.revision),
            .post("/scripts/diff", diff.compare),
            .get("/backup", backup.list),
            .get("/backup/{segment}", backup.read),
            .get("/healthz", health.alive),
            .get("/readyz", health.ready),
        ]
    }
}
