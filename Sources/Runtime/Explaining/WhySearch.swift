import EventLog

/// Finds why an event is in a log: from event to cause by the stamps that each step leaves (`StepOrigin`),
/// and within each step by running it again on the log as it was.
///
/// Needs no host: a backup tells it as well.
public struct WhySearch {
    private let log: any EventLog
    private let archive: ScriptArchive

    /// Links of a chain, beyond which it is cut: an app in which events cause each other without end.
    static let linksMax = 200

    /// Events that are looked at for one with an id that a client chose, which no index has.
    static let scannedMax = 100_000

    /// A search in a log.
    public init(_ log: any EventLog) {
        self.log = log
        archive = ScriptArchive(log: log)
    }

    /// The chain of the event at a position.
    ///
    /// - Throws: `RuntimeError.unknownEvent` when there is none; `.log` when the log can't be read.
    public func why(_ position: Position) throws(RuntimeError) -> Why {
        guard var event = try reading({ () throws(EventLogError) in try log.event(at: position) }) else {
            throw .unknownEvent("position \(position)")
        }
        var links: [WhyLink] = []
        while true {
            let (link, cause) = try link(of: event)
            links.append(link)
            guard let cause else { return Why(links: links) }
            guard links.count < Self.linksMax else {
                links[links.count - 1].lost = "the chain has more than \(Self.linksMax) links"
                return Why(links: links)
            }
            event = cause
        }
    }

    /// The chain of an event of a stream.
    ///
    /// - Throws: as `why(_:)`.
    public func why(_ stream: StreamName, revision: Revision) throws(RuntimeError) -> Why {
        let request = ReadRequest(.stream(stream), limit: 1, revision: revision)
        let found = try reading { () throws(EventLogError) in try log.read(request).events.first }
        guard let found, found.revision == revision else { throw .unknownEvent("\(stream)@\(revision)") }
        return try why(found.position)
    }

    /// One link, and the event that it leads to.
    private func link(of event: RecordedEvent) throws(RuntimeError) -> (WhyLink, RecordedEvent?) {
        guard let stamp = StepStamp(of: event) else { return try link(ofUnstamped: event) }
        guard let causation = stamp.causation else {
            return (WhyLink(event: event, origin: .schedule(event.stream.key)), nil)
        }
        // What can't be read as a command's record isn't one, and is told as a step's event.
        if causation == event.id, let command = try? RecordedCommand(event) {
            return (WhyLink(event: event, origin: .command(WhyCommand(command, stamp))), nil)
        }
        let cause = try cause(causation, of: event)
        let step = try WhyStep(of: event, stamp, cause: cause, in: log, archive)
        var link = WhyLink(event: event, origin: .step(step))
        if cause == nil {
            link.lost = "its cause, the event \(causation), isn't among the \(Self.scannedMax) before it"
        }
        return (link, cause)
    }

    private func link(ofUnstamped event: RecordedEvent) throws(RuntimeError) -> (WhyLink, RecordedEvent?) {
        guard event.stream.isHostOwned else { return (WhyLink(event: event, origin: .outside), nil) }
        var cause: RecordedEvent?
        // A record of a parked event names it by its position; one that doesn't is another.
        if event.stream.category == "$parked", let data = try? JSONValue(parsing: event.data),
            let position = data["position"]?.integer, position > 0
        {
            cause = try reading { () throws(EventLogError) in try log.event(at: Position(position)) }
        }
        return (WhyLink(event: event, origin: .host), cause)
    }

    /// The event with an id that another one names as its cause; nil when it isn't found.
    ///
    /// Most ids are made of a position. The record of a command has a random one, and stands in the same
    /// frame as what was decided; an id that a client chose can be anywhere before.
    private func cause(_ id: EventID, of event: RecordedEvent) throws(RuntimeError) -> RecordedEvent? {
        try reading { () throws(EventLogError) in
            if let position = id.position(in: log.identity.id) { return try log.event(at: position) }
            var before = event.position
            var scanned = 0
            while scanned < Self.scannedMax {
                let request = ReadRequest(.all, after: before, direction: .backwards)
                let page = try log.read(request)
                if let found = page.events.first(where: { $0.id == id }) { return found }
                guard !page.reachedEnd, let last = page.events.last else { return nil }
                before = last.position
                scanned += page.events.count
            }
            return nil
        }
    }

    private func reading<Value>(_ body: () throws(EventLogError) -> Value) throws(RuntimeError) -> Value {
        do throws(EventLogError) { return try body() } catch { throw .log(error) }
    }
}

extension WhyCommand {
    fileprivate init(_ command: RecordedCommand, _ stamp: StepStamp) {
        asked = command.asked
        arguments = command.arguments
        correlation = stamp.correlation == stamp.causation?.description ? nil : stamp.correlation
        refusal = command.refusal
        rule = stamp.rule
        now = command.now
    }
}
