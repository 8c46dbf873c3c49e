import EventLog
import Hummingbird
import Runtime
import ServiceLifecycle

/// The log as it grows, over server-sent events.
///
/// One loop for each client: read what is there, write it, sleep until a commit wakes it. What comes soon
/// after a write waits `interval` microseconds, so that a busy log costs a host few writes of many events,
/// and not many of one. No more than a write is buffered here, so a slow client holds up itself alone. The
/// stream ends when the client leaves, when the host stops, or when the log closes.
struct LiveRoutes {
    let host: Host
    let clock: HostClock
    let heartbeat: Int64
    let interval: Int64

    /// `GET /events/live?from=&category=&type=&tag=&since=`: catches up, then follows.
    ///
    /// It begins at the position `from`, or with what comes from now on for `from=end`. `Last-Event-ID` comes
    /// before `from` and `since`.
    func follow(_ request: APIRequest) async throws -> Response {
        let query = try request.query(EventSelection.parameters + ["stream"])
        let selection = try EventSelection(query, now: clock.now())
        let filter = try self.filter(query, selection)
        let after = try start(of: selection, resuming: request.request.headers[.lastEventID])
        let inbound = request.request.body
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                do {
                    try await inbound.consumeWithCancellationOnInboundClose { _ in
                        try await stream(filter, after: after, to: &writer)
                    }
                } catch is CancellationError {
                    // The client left or the host stops: that is how a live stream ends.
                } catch let error as RuntimeError {
                    // The head has long been sent, so the problem comes as the last event. No event of a log
                    // has this type: `$` is the host's.
                    let document = Problem(error).document
                    let last = ServerSentEvents.encode(id: nil, event: "$problem", data: document)
                    try await writer.write(ByteBuffer(bytes: last))
                }
                try await writer.finish(nil)
            }
        )
    }

    /// One stream, or what the selection says; the two don't go together.
    private func filter(_ query: QueryParameters, _ selection: EventSelection) throws -> EventFilter {
        guard let stream = try query.text("stream") else { return selection.filter }
        guard selection.filter == .all else {
            throw Problem.invalidInput("stream", "stream stands alone, without category, type or tag")
        }
        return .stream(try PathNames.stream(stream, for: .reading))
    }

    /// The position behind which the stream begins.
    private func start(of selection: EventSelection, resuming lastID: String?) throws -> Position {
        if let lastID {
            guard let position = Position(lastID) else {
                throw Problem.invalidInput(
                    "Last-Event-ID",
                    "the header must be a position, not \(lastID.debugDescription)"
                )
            }
            return position
        }
        let earliest =
            try selection.since.map { (time) throws(RuntimeError) in try host.firstPosition(notBefore: time) }
            ?? 1
        switch selection.start {
        case .end: return host.lastPosition
        case .position(let position): return max(position, earliest, 1) - 1
        case nil: return max(earliest, 1) - 1
        }
    }

    private func stream(
        _ filter: EventFilter,
        after start: Position,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        var after = start
        var lastWrite = clock.now()
        // Sends the head at once: a client that waits for events knows that it is heard.
        try await writer.write(ByteBuffer(bytes: ServerSentEvents.heartbeat))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let behind = try host.read(
                ReadRequest(filter, after: after, limit: ServerLimits.readEventsAtOnce)
            )
            after = behind.scannedTo
            var hasAll = behind.reachedEnd
            var written = try await write(behind, to: &writer)
            if hasAll, !written {
                let subscription = host.subscribe(filter, after: after)
                switch try await wait(for: subscription, atMost: lastWrite + heartbeat - clock.now()) {
                case .events(let batch):
                    (after, hasAll) = (batch.scannedTo, batch.reachedEnd)
                    written = try await write(batch, to: &writer)
                case .silence:
                    try await writer.write(ByteBuffer(bytes: ServerSentEvents.heartbeat))
                    written = true
                case .closed: return
                }
            }
            guard written else { continue }
            lastWrite = clock.now()
            if hasAll { try await pause() }
        }
    }

    /// - Returns: whether there was anything to write.
    private func write(_ batch: EventBatch, to writer: inout any ResponseBodyWriter) async throws -> Bool {
        var block = ByteBuffer()
        for event in batch.events {
            block.writeBytes(ServerSentEvents.encode(event))
            guard block.readableBytes >= ServerLimits.liveBytesEnough else { continue }
            try await writer.write(block)
            block = ByteBuffer()
        }
        if block.readableBytes > 0 { try await writer.write(block) }
        return !batch.events.isEmpty
    }

    /// Lets more events come together, or the stream end.
    private func pause() async throws {
        guard interval > 0 else { return }
        try await cancelWhenGracefulShutdown { try await clock.sleep(interval) }
    }

    private enum Woken {
        case events(EventBatch)
        case silence
        case closed
    }

    private func wait(for subscription: Subscription, atMost microseconds: Int64) async throws -> Woken {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Woken.self) { group in
                group.addTask {
                    var subscription = subscription
                    do {
                        return .events(try await subscription.next(limit: ServerLimits.readEventsAtOnce))
                    } catch EventLogError.closed {
                        return .closed
                    }
                }
                group.addTask {
                    // A wall clock that was set must not silence the stream, or flood it.
                    try await clock.sleep(min(max(microseconds, 0), heartbeat))
                    return .silence
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .closed
            }
        }
    }
}
