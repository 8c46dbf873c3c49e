import EventLog

/// Words that look: events, streams, states, why, and the time that the session is in.
///
/// What they take is checked in `stdlib/prelude/repl_log.lua`.
extension Explorer {
    static var logWords: [String: Word] {
        [
            "repl_events": { explorer, options in
                let log = try explorer.log()
                let range = try EventRange(options, in: log, now: explorer.services.clock())
                return .array(try range.events(in: log).map(EventValue.json))
            },
            "repl_stream": { explorer, options in try explorer.stream(options) },
            "repl_streams": { explorer, options in try explorer.streams(options) },
            "repl_state": { explorer, options in try explorer.state(options) },
            "repl_why": { explorer, options in
                let search = WhySearch(try explorer.log())
                if let stream = options["stream"]?.string, let revision = options["revision"]?.integer {
                    return try search.why(try StreamName(stream), revision: Revision(max(0, revision))).json
                }
                return try search.why(Position(max(0, options["position"]?.integer ?? 0))).json
            },
            "repl_at": { explorer, options in try explorer.at(options["position"]?.integer) },
            "repl_head": { explorer, _ in .integer(Int64(try explorer.log().lastPosition)) },
            "repl_query": { explorer, options in
                // The rows of now are the host's. Those of a past or of a fork are nowhere, and folded here.
                if explorer.pinned == nil, explorer.pending.isEmpty, let query = explorer.services.query {
                    return try query(options)
                }
                return try explorer.rows().answer(options["name"]?.string ?? "", options["params"] ?? [:])
            },
            "repl_refresh": { explorer, _ in
                try explorer.refresh()
                return .null
            },
            "repl_help": { _, options in try Explorer.help(options["name"]?.string) },
        ]
    }

    /// How many of the newest events `streams` looks at: the log has no list of all its streams.
    static let streamsLookMax = 10_000

    private func stream(_ options: JSONValue) throws -> JSONValue {
        let stream = try StreamName(options["stream"]?.string ?? "")
        let limit = options["limit"]?.integer.map { Int($0) } ?? RuntimeLimits.readPage
        let log = try log()
        if let last = options["last"]?.integer {
            let request = ReadRequest(
                .stream(stream),
                after: .max,
                direction: .backwards,
                limit: Int(last)
            )
            return .array(try log.read(request).events.reversed().map(EventValue.json))
        }
        let from = options["from"]?.integer.map { Revision(max(0, $0)) }
        let page = try log.read(ReadRequest(.stream(stream), limit: limit, revision: from))
        return .array(page.events.map(EventValue.json))
    }

    /// `{stream, revision, position, time}` of each stream among the newest events, the newest first.
    private func streams(_ options: JSONValue) throws -> JSONValue {
        let category = options["category"]?.string
        let look = EventRange(newest: Self.streamsLookMax, category.map { .category($0) } ?? .all)
        var known: Set<StreamName> = []
        var rows: [JSONValue] = []
        for event in try look.events(in: try log()).reversed() {
            let stream = event.stream
            guard category != nil || !stream.isHostOwned, known.insert(stream).inserted else { continue }
            rows.append([
                "stream": .string(stream.text), "revision": .integer(Int64(event.revision)),
                "position": .integer(Int64(event.position)), "time": .integer(event.time / 1_000),
            ])
        }
        return .array(rows)
    }

    private func state(_ options: JSONValue) throws -> JSONValue {
        let stream = try StreamName(
            category: options["aggregate"]?.string ?? "",
            key: options["key"]?.string ?? ""
        )
        let at = options["at"]?.integer.map { Position(max(0, $0)) } ?? .max
        let state = try steps().state(of: stream, at: at)
        return [
            "state": try JSONValue(parsing: state.state),
            "revision": state.revision.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    /// Moves the session to a position, or back to now.
    private func at(_ position: Int64?) throws -> JSONValue {
        guard pending.isEmpty else {
            throw ExplorerError("the fork holds what was tried: commit() or discard() it first")
        }
        guard let position else {
            try move(to: nil)
            return ["now": true, "position": .integer(Int64(self.position))]
        }
        try services.refresh()
        guard position >= 0, Position(position) <= base.lastPosition else {
            throw ExplorerError("the log ends at position \(base.lastPosition)")
        }
        try move(to: Position(position))
        var answer: [String: JSONValue] = ["position": .integer(position)]
        if let newest = try view.read(ReadRequest(.all, after: .max, direction: .backwards, limit: 1)).events
            .first
        {
            answer["time"] = .string(TimeText.format(newest.time))
        }
        return .object(answer)
    }

    /// A word explained, or all of them in a table.
    private static func help(_ name: String?) throws -> JSONValue {
        if let name { return .string(try Words.consoleEntry(name).text) }
        let width = Words.console.map(\.name.count).max() ?? 0
        let lines = Words.console.map { entry in
            entry.name + String(repeating: " ", count: width + 2 - entry.name.count) + entry.summary
        }
        return .string((lines + ["", "and the words of scripts: `perilune words`"]).joined(separator: "\n"))
    }
}
