import EventLog
import Lua

/// Turns what a step recorded in its VM into effects.
///
/// The kinds are those of `stdlib/prelude`.
struct EffectsReader {
    /// What a record stands for.
    enum Kind: Int64 {
        /// stream, type, data, tags, meta, version of the data (nil: the first)
        case emit = 1
        /// aggregate, key, command, arguments, accepted, code, text (both nil when accepted), the step's time
        case decided = 2
        /// stream, revision (-1: none)
        case seen = 3
        /// aggregate, key, command, arguments, due (milliseconds since 1970; absent: at once)
        case send = 4
        /// place in a script, what was seen (a position; of a stream its revision, -1: none), stream,
        /// category, types, tags
        case read = 5
    }

    let origin: StepOrigin

    /// Reads all records of one step.
    ///
    /// - Throws: `EventLogError.invalidName` or `.limitExceeded` for names and sizes that a script chose.
    func effects(of records: LuaRecords) throws -> Effects {
        var effects = Effects()
        for var record in records {
            guard case .integer(let number)? = record.next(), let kind = Kind(rawValue: number) else {
                preconditionFailure("the prelude recorded a kind that EffectsReader doesn't know")
            }
            switch kind {
            case .emit: effects.append(try emitted(&record))
            case .send: effects.append(try sent(&record))
            case .decided:
                let (event, refusal) = try decided(&record)
                effects.refusal = refusal
                effects.append(event)
            case .seen:
                let stream = try StreamName(record.name())
                guard case .integer(let revision)? = record.next() else {
                    preconditionFailure("the prelude recorded a stream without its revision")
                }
                let seen = revision < 0 ? nil : Revision(revision)
                effects.conditions.append(.stream(stream, ExpectedRevision(seen: seen)))
            case .read: effects.reads.append(try Self.read(&record, behind: effects.events))
            }
        }
        try check(effects)
        return effects
    }

    private func emitted(_ record: inout PackedReader) throws -> NewEvent {
        let stream = try StreamName(record.name())
        let type = try record.name()
        let data = record.json()
        let tags = try record.json().map { try JSONValue(parsing: $0) }
        let labels = try (tags?.array ?? []).map { tag throws(EventLogError) in
            guard let text = tag.string else {
                throw .invalidName(tag.kind, reason: "a tag must be a text")
            }
            return text
        }
        let extra = record.json()
        var version: Int64?
        if case .integer(let number)? = record.next() { version = number }
        let meta = try origin.meta(adding: extra, version: version)
        return NewEvent(stream: stream, type: type, data: data ?? [], meta: meta[...], tags: labels)
    }

    private func sent(_ record: inout PackedReader) throws -> NewEvent {
        let request = try CommandRecord.Request(&record)
        if case .integer(let due)? = record.next() {
            return try TimerRecord.set(request, at: due, meta: origin.meta(adding: nil))
        }
        return NewEvent(
            stream: try StreamName(category: "$sent", key: request.stream),
            type: "CommandSent",
            data: request.json()[...],
            meta: try origin.meta(adding: nil)[...]
        )
    }

    private func decided(_ record: inout PackedReader) throws -> (NewEvent, Refusal?) {
        let request = try CommandRecord.Request(&record)
        guard case .bool(let accepted)? = record.next() else {
            preconditionFailure("the prelude recorded a decision without its outcome")
        }
        let (code, text) = (try record.nameIfAny(), try record.nameIfAny())
        let refusal = accepted ? nil : Refusal(code: code ?? "", text: text ?? "")
        var now: Int64?
        if case .integer(let time)? = record.next() { now = time }
        let event = try CommandRecord.event(
            request,
            refusal: refusal,
            now: now,
            meta: origin.meta(adding: nil)
        )
        return (event, refusal)
    }

    private func check(_ effects: Effects) throws(EventLogError) {
        guard effects.events.count <= RuntimeLimits.stepEventsMax else {
            throw .limitExceeded(
                what: "the number of events of one step",
                limit: RuntimeLimits.stepEventsMax,
                actual: effects.events.count
            )
        }
        let conditions = effects.conditions.count + effects.reads.count
        guard conditions <= RuntimeLimits.stepEventsMax else {
            throw .limitExceeded(
                what: "the number of streams that one step looks at, and of its reads",
                limit: RuntimeLimits.stepEventsMax,
                actual: conditions
            )
        }
        // Here, and not at the commit: one step's bad event must not fail the frame that other steps share.
        for event in effects.events { try event.check() }
    }
}
