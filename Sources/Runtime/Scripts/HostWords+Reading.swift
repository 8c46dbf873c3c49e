import EventLog
import Lua

/// What `read` finds in the log, at one moment.
extension HostWords {
    func registerReading(in vm: LuaVM, _ envelope: EventEnvelope) {
        vm.register("read_events") { [unowned self] arguments, results in
            let wanted = try ScriptRead(&arguments)
            let (seen, events) = try wanted.read(log)
            results.integer(seen)
            results.beginList(events.count)
            for event in events { envelope.write(event, to: &results) }
            guard schemas.hasUpcasters else { return }
            let old = events.map(schemas.oldVersion)
            guard old.contains(where: { $0 != nil }) else { return }
            results.beginList(events.count)
            for version in old {
                if let version { results.integer(Int64(version)) } else { results.null() }
            }
        }
    }
}

/// What a script asks `read` for: stream, category, types, tags, after, last, checked by `reading.lua`.
private struct ScriptRead {
    let stream: StreamName?
    let query: EventQuery
    let after: Position
    let last: Int?

    init(_ arguments: inout PackedReader) throws {
        stream = try arguments.nameIfAny().map { name throws(EventLogError) in try StreamName(name) }
        let category = try arguments.nameIfAny()
        let types = try Self.names(&arguments)
        let tags = try Self.names(&arguments)
        query = EventQuery(types: types, tags: tags, category: category)
        after = Position(Self.number(&arguments) ?? 0)
        last = Self.number(&arguments).map { Int($0) }
    }

    private static func names(_ arguments: inout PackedReader) throws -> Set<String> {
        guard let list = arguments.json() else { return [] }
        return Set(try JSONValue(parsing: list).array?.compactMap(\.string) ?? [])
    }

    private static func number(_ arguments: inout PackedReader) -> Int64? {
        guard case .integer(let number)? = arguments.next() else { return nil }
        return number
    }

    private var filter: EventFilter {
        if let stream { return .stream(stream) }
        if query.types.isEmpty, query.tags.isEmpty, let category = query.category {
            return .category(category)
        }
        return .query(query)
    }

    /// The events, oldest first, and up to where all was seen: a position, or the stream's revision.
    ///
    /// What is committed meanwhile may be left out here, for then it is behind what was seen.
    func read(_ log: any EventLog) throws -> (seen: Int64, events: [RecordedEvent]) {
        let revision = try stream.map { stream throws(EventLogError) in try log.revision(of: stream) } ?? nil
        let end = log.lastPosition
        let events = try found(in: log, upTo: end).filter { event in
            if stream != nil { return revision.map { event.revision <= $0 } ?? false }
            // A pattern without a category doesn't mean the host's own events anywhere.
            return event.position <= end && (query.category != nil || !event.stream.isHostOwned)
        }
        guard stream == nil else { return (revision.map { Int64($0) } ?? -1, events) }
        return (Int64(max(end, after)), events)
    }

    private func found(in log: any EventLog, upTo end: Position) throws -> [RecordedEvent] {
        let most = RuntimeLimits.readEventsMax
        guard let last else {
            let page = try log.read(ReadRequest(filter, after: after, limit: most + 1))
            guard page.reachedEnd, page.events.count <= most else { throw WordError.tooManyEvents }
            return page.events
        }
        guard last <= most else { throw WordError.tooManyEvents }
        let page = try log.read(ReadRequest(filter, after: end + 1, direction: .backwards, limit: last))
        return page.events.filter { $0.position > after }.reversed()
    }
}
