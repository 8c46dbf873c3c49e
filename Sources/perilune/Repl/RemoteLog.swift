import EventLog
import Runtime
import Synchronization

/// The log of a running host, read over its API, for reading alone.
///
/// A call holds up the thread that makes it until the host has answered: for a prompt's own thread. Pages
/// that can't change any more are kept, so that looking twice asks once.
///
/// Invariants: nothing is written; `lastPosition` is what `refresh` was told last.
final class RemoteLog: EventLog {
    let identity: LogIdentity
    /// The name of the app that the host runs.
    let app: String

    private let api: APIClient
    private let calls: BlockingCalls
    private let state: Mutex<State>

    private struct State {
        var head: Position
        var pages = PageCache()
        var failure: ClientError?
    }

    /// Attaches to a host.
    ///
    /// - Throws: `ClientError` when none answers there.
    static func attach(_ api: APIClient, _ calls: BlockingCalls) async throws(ClientError) -> RemoteLog {
        let alive = try await api.get(RequestPath(["healthz"])).value()
        guard let app = alive["app"]?.string, let position = alive["position"]?.integer,
            let id = alive["log"]?.string.flatMap({ EventID($0) })
        else { throw .notPerilune(url: api.url, reason: "it doesn't say which log it has") }
        return RemoteLog(api, calls, app: app, id: id, head: Position(max(0, position)))
    }

    private init(_ api: APIClient, _ calls: BlockingCalls, app: String, id: EventID, head: Position) {
        self.api = api
        self.calls = calls
        self.app = app
        // The log's own seed is nobody's business outside; what scripts do doesn't hang on it.
        identity = LogIdentity(id: id, scriptSeed: 1)
        state = Mutex(State(head: head))
    }

    /// The same log for another thread, which waits on its own.
    func beside() -> RemoteLog {
        RemoteLog(api, BlockingCalls(), app: app, id: identity.id, head: lastPosition)
    }

    /// Asks how far the log is.
    func refresh() throws(EventLogError) {
        let answer = try ask(RequestPath(["healthz"]))
        guard let position = answer["position"]?.integer else { return }
        guard answer["log"]?.string == identity.id.description else {
            throw .notAvailable(
                "the log that this prompt was attached to: another one answers at \(api.url), it"
            )
        }
        state.withLock { state in
            // Restored from an older backup: what is kept may be of what is gone.
            if position < state.head { state.pages = PageCache() }
            state.head = Position(max(0, position))
        }
    }

    /// Why the host didn't answer last, which is then forgotten.
    func takeFailure() -> ClientError? {
        state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
    }

    var lastPosition: Position { state.withLock { $0.head } }

    var readOnlyReason: String? { "it is read over the API" }

    func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        guard request.limit > 0 else {
            return EventBatch(events: [], scannedTo: request.after, reachedEnd: false)
        }
        if case .stream(let stream) = request.filter { return try read(stream, request) }
        let head = lastPosition
        let isForwards = request.direction == .forwards
        guard isForwards || request.after > 1 else {
            return EventBatch(events: [], scannedTo: 0, reachedEnd: true)
        }
        let from = isForwards ? request.after + 1 : request.after == .max ? nil : request.after - 1
        let page = try page(
            RequestPath(
                ["events"],
                Self.parameters(from: from, request) + Self.parameters(of: request.filter)
            ),
            isForwards: isForwards
        )
        guard let next = page.next else {
            let seen = max(request.after, head, page.events.last?.position ?? 0)
            return EventBatch(events: page.events, scannedTo: isForwards ? seen : 0, reachedEnd: true)
        }
        return EventBatch(
            events: page.events,
            scannedTo: isForwards ? next - 1 : next + 1,
            reachedEnd: false
        )
    }

    /// The API reads a stream by revisions; what a position asks is sorted out here.
    private func read(_ stream: StreamName, _ request: ReadRequest) throws(EventLogError) -> EventBatch {
        let isForwards = request.direction == .forwards
        var from = request.revision
        var found: [RecordedEvent] = []
        while true {
            let page = try page(
                RequestPath(["streams", stream.text], Self.parameters(from: from, request)),
                isForwards: isForwards
            )
            found += page.events.filter {
                isForwards ? $0.position > request.after : $0.position < request.after
            }
            if found.count >= request.limit || page.next == nil {
                let events = Array(found.prefix(request.limit))
                let isAll = page.next == nil && events.count == found.count
                let last = events.last?.position ?? request.after
                let end = isForwards ? max(request.after, lastPosition) : 0
                return EventBatch(events: events, scannedTo: isAll ? end : last, reachedEnd: isAll)
            }
            from = page.next
        }
    }

    func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        let newest = ReadRequest(.stream(stream), after: .max, direction: .backwards, limit: 1)
        return try read(newest).events.first?.revision
    }

    func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt {
        throw .readOnly(reason: "it is read over the API")
    }

    func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        throw .notAvailable("looking for an idempotency key over the API")
    }

    func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        throw .notAvailable("the marks of a processor over the API")
    }

    func fork(at position: Position) throws(EventLogError) -> any EventLog {
        throw .notAvailable("a fork of a log that is read over the API")
    }

    func waitForEvent(after position: Position) async throws {
        throw EventLogError.notAvailable("waiting for an event over the API")
    }

    func close() async throws(EventLogError) {}
}

// Pages of the API.
extension RemoteLog {
    /// A page of events, and where the next one begins.
    struct Page: Sendable {
        let events: [RecordedEvent]
        let next: UInt64?
    }

    /// Events in one page: twice what a script's `read` may ask for.
    private static let pageEventsMax = 2_000

    private static func parameters(
        from: UInt64?,
        _ request: ReadRequest
    ) -> [(name: String, value: String?)] {
        [
            (name: "from", value: from.map { String($0) }),
            (name: "limit", value: String(min(request.limit, pageEventsMax))),
            (name: "direction", value: request.direction == .backwards ? "backwards" : nil),
        ]
    }

    private static func parameters(of filter: EventFilter) -> [(name: String, value: String?)] {
        switch filter {
        case .all, .stream: []
        case .category(let category): [(name: "category", value: category)]
        case .query(let query):
            [(name: "category", value: query.category)] + query.types.sorted().map { ("type", $0) }
                + query.tags.sorted().map { ("tag", $0) }
        }
    }

    /// A page that has one behind it holds all that it ever will, when it is read forwards.
    private func page(_ path: RequestPath, isForwards: Bool) throws(EventLogError) -> Page {
        if let known = state.withLock({ $0.pages[path.text] }) { return known }
        let bytes = try bytes(path)
        let page: Page
        do { page = try Page(parsing: bytes) } catch {
            throw .file(operation: "reading", path: api.url + path.text, reason: "\(error)")
        }
        if isForwards, page.next != nil { state.withLock { $0.pages[path.text] = page } }
        return page
    }

    private func ask(_ path: RequestPath) throws(EventLogError) -> JSONValue {
        let bytes = try bytes(path)
        do { return try JSONValue(parsing: bytes) } catch {
            throw .file(operation: "reading", path: api.url + path.text, reason: "\(error)")
        }
    }

    private func bytes(_ path: RequestPath) throws(EventLogError) -> [UInt8] {
        do {
            let answer = try calls.wait { [api] in try await api.get(path) }
            state.withLock { $0.failure = nil }
            return answer.bytes
        } catch {
            let failure = error as? ClientError
            state.withLock { $0.failure = failure }
            throw .file(
                operation: "reading",
                path: api.url + path.text,
                reason: failure?.detail ?? "\(error)"
            )
        }
    }
}
