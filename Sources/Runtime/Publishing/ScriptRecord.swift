import EventLog

/// How published scripts stand in the log.
///
/// - `ScriptStored`, `{"text"}`, in `$script-<hash of the text>`: one text, kept once, however many sets have
///   it;
/// - `ScriptsPublished` and `ScriptsRolledBack` in `$scripts-app`, `{"hash", "parent", "app", "files",
///   "origin", "author", "note"}`: from this position on the set of this hash decides. `files` maps paths to
///   the hashes of their texts; a member that isn't known is absent.
enum ScriptRecord {
    /// The stream that tells which set is live.
    static let live = "$scripts-app"

    private static let textCategory = "$script"

    static func liveStream() throws(EventLogError) -> StreamName { try StreamName(live) }

    static func textStream(_ hash: String) throws(EventLogError) -> StreamName {
        try StreamName(category: textCategory, key: hash)
    }

    /// One text, to be kept.
    static func stored(_ text: [UInt8], hash: String) throws -> NewEvent {
        let data = JSONValue.object(["text": .string(String(decoding: text, as: UTF8.self))])
        return NewEvent(stream: try textStream(hash), type: "ScriptStored", data: try data.bytes()[...])
    }

    /// Reads a text back.
    static func text(of event: RecordedEvent) throws -> [UInt8] {
        guard let text = try JSONValue(parsing: event.data)["text"]?.string else {
            throw RuntimeError.invalidInput("the event at position \(event.position) holds no script")
        }
        return Array(text.utf8)
    }

    /// That a set goes live.
    static func published(
        _ scripts: ScriptSet,
        instead parent: String?,
        origin: PublishedScripts.Origin,
        by author: PublishAuthor
    ) throws -> NewEvent {
        let files = scripts.files.mapValues { JSONValue.string(ScriptHash.of(text: $0)) }
        var data: [String: JSONValue] = [
            "hash": .string(scripts.hash), "app": .string(scripts.name), "files": .object(files),
            "origin": .string(origin.rawValue),
        ]
        let known = [("parent", parent), ("author", author.name), ("note", author.note)]
        for case (let name, let value?) in known { data[name] = .string(value) }
        return NewEvent(
            stream: try liveStream(),
            type: origin == .rollback ? "ScriptsRolledBack" : "ScriptsPublished",
            data: try JSONValue.object(data).bytes()[...]
        )
    }

    /// Reads a record back; the host alone writes this stream.
    static func published(_ event: RecordedEvent) throws -> PublishedScripts {
        let data = try JSONValue(parsing: event.data)
        guard let hash = data["hash"]?.string, let files = data["files"]?.object else {
            throw RuntimeError.invalidInput("the event at position \(event.position) publishes no scripts")
        }
        return PublishedScripts(
            hash: hash,
            parent: data["parent"]?.string,
            app: data["app"]?.string ?? "",
            files: files.compactMapValues(\.string),
            origin: PublishedScripts.Origin(rawValue: data["origin"]?.string ?? "") ?? .publish,
            author: data["author"]?.string,
            note: data["note"]?.string,
            position: event.position,
            time: event.time
        )
    }
}
