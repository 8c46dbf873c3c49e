import EventLog

/// What running a step again tells of it: the line that asked for an event, and what the step had seen.
extension WhyStep {
    /// Records of a processor that are looked through for earlier attempts at a step.
    private static let recordsMax = 1_000

    /// The step that asked for an event.
    ///
    /// - Throws: `RuntimeError.log` when the log can't be read.
    init(
        of event: RecordedEvent,
        _ stamp: StepStamp,
        cause: RecordedEvent?,
        in log: any EventLog,
        _ archive: ScriptArchive
    ) throws(RuntimeError) {
        let recorded: [RecordedEvent]
        do throws(EventLogError) { recorded = try Self.events(around: event, stamp, in: log) } catch {
            throw .log(error)
        }
        by = stamp.by
        rule = stamp.rule
        command = Self.command(deciding: event, among: recorded)
        published = try Self.publication(of: stamp.rule, before: event.position, archive)
        guard stamp.by != Timekeeper.name else { return }
        guard let cause else {
            doubt = "its cause isn't found"
            return
        }
        guard let step = Self.step(cause, stamp, recorded) else {
            doubt = "the record of its command can't be read"
            return
        }
        try replay(step, event, in: log, archive)
        if case .event = step.cause { attempts = try Self.attempts(at: step, in: log) }
    }

    private mutating func replay(
        _ step: RecordedStep,
        _ event: RecordedEvent,
        in log: any EventLog,
        _ archive: ScriptArchive
    ) throws(RuntimeError) {
        guard let published else {
            doubt = "the log doesn't have the scripts \(rule)"
            return
        }
        let replayed: ReplayedStep
        do {
            let scripts = try archive.scripts(of: published)
            replayed = try Replayer(scripts, over: log, from: step.end, traces: true).run(step)
        } catch let error as EventLogError {
            throw .log(error)
        } catch RuntimeError.log(let error) {
            throw .log(error)
        } catch {
            doubt = "the scripts \(rule) can't be loaded: \(error)"
            return
        }
        let index = Int(event.position - step.end) - 1
        if replayed.isRecorded(as: step.events) {
            saw = replayed.saw
        } else {
            doubt = Self.doubt(replayed, step)
            // The same event with other data has most likely come from the same line.
            guard replayed.events.indices.contains(index), replayed.events[index].type == event.type,
                replayed.events[index].stream == event.stream
            else { return }
        }
        if replayed.places.indices.contains(index), !replayed.places[index].isEmpty {
            place = replayed.places[index]
        }
    }

    /// Why a step that was run again didn't come to what is recorded.
    private static func doubt(_ replayed: ReplayedStep, _ step: RecordedStep) -> String {
        switch replayed.ending {
        case .failed(let failure): return "run again, the step fails: \(failure.summary)"
        case .callsOut(let method, let url):
            return "the step calls out (\(method) \(url)), and what it was answered isn't in the log"
        case .gone: return "the scripts \(step.stamp?.rule ?? "") have no \(step.by)"
        case .decided, .aborted: break
        }
        if case .command(let command, _) = step.cause, command.now == nil {
            return "the command was recorded by a release that didn't keep the time it saw"
        }
        return "run again, the step comes to something else; it may have been retried with edited data"
    }

    /// All that the step asked for: events of one frame with the same stamp, which stand together.
    private static func events(
        around event: RecordedEvent,
        _ stamp: StepStamp,
        in log: any EventLog
    ) throws(EventLogError) -> [RecordedEvent] {
        func belongs(_ other: RecordedEvent) -> Bool {
            other.time == event.time && StepStamp(of: other) == stamp
        }
        let most = RuntimeLimits.stepEventsMax
        let before = try log.read(
            ReadRequest(.all, after: event.position, direction: .backwards, limit: most)
        )
        let after = try log.read(ReadRequest(.all, after: event.position, limit: most))
        return before.events.prefix(while: belongs).reversed() + [event] + after.events.prefix(while: belongs)
    }

    /// The command whose record is the nearest before an event, when the event is in its stream.
    private static func command(deciding event: RecordedEvent, among events: [RecordedEvent]) -> String? {
        let earlier = events.filter { $0.position < event.position }
        guard let record = earlier.last(where: { $0.stream.category == CommandRecord.category }),
            // One that can't be read is none of this host's making.
            let command = try? RecordedCommand(record), command.stream == event.stream.text
        else { return nil }
        return command.asked
    }

    private static func step(
        _ cause: RecordedEvent,
        _ stamp: StepStamp,
        _ events: [RecordedEvent]
    ) -> RecordedStep? {
        guard let first = events.first else { return nil }
        guard cause.position == first.position else {
            let handled = RecordedStep.Cause.event(cause, handler: stamp.by)
            return RecordedStep(cause: handled, end: first.position - 1, events: events, stamp: stamp)
        }
        // What can't be read is told by the caller.
        guard let command = try? RecordedCommand(cause) else { return nil }
        let decided = RecordedStep.Cause.command(command, record: cause)
        return RecordedStep(cause: decided, end: first.position - 1, events: events, stamp: stamp)
    }

    /// The record of the scripts with a hash: of those that were live then, since sets that differ in
    /// comments alone share a hash, and not the lines.
    private static func publication(
        of rule: String,
        before position: Position,
        _ archive: ScriptArchive
    ) throws(RuntimeError) -> PublishedScripts? {
        if let live = try archive.live(at: position), live.hash == rule { return live }
        return try archive.history().last { $0.hash == rule }
    }

    /// What the processor recorded about the step's event before the step came to its end.
    private static func attempts(
        at step: RecordedStep,
        in log: any EventLog
    ) throws(RuntimeError) -> [WhyAttempt] {
        do {
            let end = (step.events.last?.position ?? step.end) + UInt64(RuntimeLimits.frameEventsEnough)
            let request = ReadRequest(
                .stream(try ParkedRecord.stream(of: step.by)),
                after: end,
                direction: .backwards,
                limit: recordsMax
            )
            return try log.read(request).events.reversed().compactMap { event in
                let data = try JSONValue(parsing: event.data)
                guard data["position"]?.integer == Int64(step.position) else { return nil }
                return WhyAttempt(
                    what: event.type,
                    position: event.position,
                    time: event.time,
                    failure: data["failure"]?["summary"]?.string
                )
            }
        } catch {
            throw RuntimeError(reading: error)
        }
    }
}
