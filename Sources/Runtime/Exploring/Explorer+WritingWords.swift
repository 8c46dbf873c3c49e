import EventLog

/// Words that write: to the fork, and from there to the host.
///
/// What they take is checked in `stdlib/prelude/repl_writing.lua`.
extension Explorer {
    static var writingWords: [String: Word] {
        [
            "repl_command": { explorer, options in try explorer.command(options) },
            "repl_append": { explorer, options in try explorer.append(options) },
            "repl_pending": { explorer, _ in .array(explorer.pending.map(\.json)) },
            "repl_commit": { explorer, _ in try explorer.commit() },
            "repl_discard": { explorer, _ in explorer.discard() },
        ]
    }

    private func command(_ options: JSONValue) throws -> JSONValue {
        var command = Command(
            aggregate: options["aggregate"]?.string ?? "",
            key: options["key"]?.string ?? "",
            name: options["command"]?.string ?? ""
        )
        if let arguments = options["args"], !arguments.isNull {
            command.arguments = try arguments.bytes()[...]
        }
        if isWriting { return try written(.command(command)) }
        let stream = try StreamName(category: command.aggregate, key: command.key)
        let app = try steps()
        command.expected = ExpectedRevision(seen: try view.revision(of: stream))
        switch try app.decide(command) {
        case .refused(let refusal):
            // A refusal changes nothing, so nothing of it is kept to be committed.
            if pending.isEmpty { view.reset(to: view.start) }
            return refused(refusal.code, refusal.text)
        case .accepted(let events):
            pending.append(PendingStep(request: .command(command), events: events))
            return ["events": .array(events.map(EventValue.json))]
        }
    }

    private func append(_ options: JSONValue) throws -> JSONValue {
        let stream = try StreamName(options["stream"]?.string ?? "")
        guard !stream.isHostOwned else { throw RuntimeError.hostStream(stream) }
        let event = NewEvent(
            stream: stream,
            type: options["type"]?.string ?? "",
            data: try (options["data"] ?? [:]).bytes()[...],
            meta: try (options["meta"] ?? [:]).bytes()[...],
            tags: (options["tags"]?.array ?? []).compactMap(\.string)
        )
        if isWriting { return try written(.append(event, expected: .any)) }
        let seen = ExpectedRevision(seen: try log().revision(of: stream))
        try view.add(NewFrame(events: [event]))
        let events = Array(view.own.suffix(1))
        pending.append(PendingStep(request: .append(event, expected: seen), events: events))
        return ["events": .array(events.map(EventValue.json))]
    }

    private func refused(_ code: String, _ text: String) -> JSONValue {
        isNegative = true
        return ["refused": ["code": .string(code), "text": .string(text)]]
    }

    private func written(_ request: PendingStep.Request) throws -> JSONValue {
        guard pinned == nil else {
            throw ExplorerError("the past can't be written to: at() goes back to now")
        }
        guard let send = services.send else { throw ExplorerError.noHost }
        switch try send(request, PendingStep.freshKey()) {
        case .accepted(let events): return ["events": .array(events)]
        case .refused(let code, let text): return refused(code, text)
        }
    }

    /// Sends the next of what was tried: all in one commit when they are events of their own, else one step.
    ///
    /// What was sent is gone from the list. A step that was refused stays, and so does one that nobody knows
    /// the end of.
    /// - Returns: `{events, sent, left, refused?}`.
    private func commit() throws -> JSONValue {
        guard let send = services.send, let sendTogether = services.sendTogether else {
            throw ExplorerError.noHost
        }
        guard let step = pending.first else { return ["events": [], "sent": 0, "left": 0] }
        let appends = pending.map(\.request).filter { if case .append = $0 { true } else { false } }
        let areTogether = appends.count == pending.count
        let count = areTogether ? pending.count : 1
        // Other steps together are another request.
        let key = "\(step.key)-\(count)"
        let outcome = areTogether ? try sendTogether(appends, key) : try send(step.request, key)
        switch outcome {
        case .accepted(let events):
            pending.removeFirst(count)
            if pending.isEmpty {
                // What was sent is in the log, whether the host still tells how far that is or not.
                do { try move(to: nil) } catch { place() }
            }
            return [
                "events": .array(events), "sent": .integer(Int64(count)),
                "left": .integer(Int64(pending.count)),
            ]
        case .refused(let code, let text):
            // The host would give the same answer to the same key, for ever.
            pending[0].key = PendingStep.freshKey()
            var answer = refused(code, text).object ?? [:]
            answer["left"] = .integer(Int64(pending.count))
            return .object(answer)
        }
    }

    private func discard() -> JSONValue {
        let count = pending.count
        pending = []
        place()
        return .integer(Int64(count))
    }
}
