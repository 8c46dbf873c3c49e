import EventLog

/// Words that run rules on what is recorded: `try`, `reload`, `diff`.
///
/// What they take is checked in `stdlib/prelude/repl_trying.lua`.
extension Explorer {
    static var tryingWords: [String: Word] {
        [
            "repl_try": { explorer, options in
                let log = try explorer.log()
                let scripts = try explorer.scripts()
                let handler = options["handler"]?.string ?? ""
                if let position = options["position"]?.integer {
                    guard let event = try log.event(at: Position(max(0, position))) else {
                        throw RuntimeError.unknownEvent("position \(position)")
                    }
                    return try explorer.run(handler, on: event, of: log, scripts)
                }
                let trial = OverlayLog(log, endingAt: log.lastPosition, clock: explorer.services.clock)
                try trial.add(NewFrame(events: [try Explorer.event(options["event"] ?? .null)]))
                guard let event = trial.own.first else { preconditionFailure("a frame has its events") }
                return try explorer.run(handler, on: event, of: trial, scripts)
            },
            "repl_reload": { explorer, _ in
                let app = try explorer.reload()
                return ["app": .string(app.scripts.name), "scripts": .string(app.scripts.hash)]
            },
            "repl_diff": { explorer, options in
                let log = try explorer.log()
                let archive = ScriptArchive(log: explorer.base)
                guard let live = try archive.live() else {
                    throw ExplorerError(
                        "no scripts were ever live in this log: there is nothing to compare with"
                    )
                }
                let new = try ScriptSet(folder: options["folder"]?.string ?? "")
                var request = DiffRequest(old: try archive.scripts(of: live), new: new)
                request.from = options["from"]?.integer.map { Position(max(0, $0)) }
                if let since = options["since"]?.string {
                    let time = try EventRange.time(since, now: explorer.services.clock())
                    request.from = try log.firstPosition(notBefore: time)
                }
                let diff = try ScriptComparison.run(request, over: log)
                if !diff.isSame { explorer.isNegative = true }
                return diff.json
            },
        ]
    }

    private func run(
        _ handler: String,
        on event: RecordedEvent,
        of log: any EventLog,
        _ scripts: ScriptSet
    ) throws -> JSONValue {
        try HandlerTrial.run(handler, on: event, of: log, scripts, interruption: interruption)
    }

    /// An event that a person wrote down: `{ stream, type, data, tags, meta }`.
    private static func event(_ value: JSONValue) throws -> NewEvent {
        NewEvent(
            stream: try StreamName(value["stream"]?.string ?? ""),
            type: value["type"]?.string ?? "",
            data: try (value["data"] ?? [:]).bytes()[...],
            meta: try (value["meta"] ?? [:]).bytes()[...],
            tags: (value["tags"]?.array ?? []).compactMap(\.string)
        )
    }
}
