import EventLog

/// What an operator sees and does: status, pause and resume, parked events and their repair.
extension Host {
    /// Every processor's status: handlers first, as they were declared, the host's timers last.
    public func processors() async -> [ProcessorStatus] {
        var all: [ProcessorStatus] = []
        let ticks = await timekeeper.nextTicks()
        let schedules = Set(pool.definitions.schedules.map(\.name))
        let processors = processors.all
        for handler in processors.handlers {
            var status = await handler.status()
            if schedules.contains(status.name) {
                status.kind = .schedule
                status.nextDue = ticks[status.name]
            }
            all.append(status)
        }
        for projection in processors.projections { all.append(await projection.status()) }
        all.append(await timekeeper.status())
        return all
    }

    /// What is durable of the log now, as files that can be copied while it goes on.
    ///
    /// - Throws: `RuntimeError.log` with `not-available` for a log that has no files.
    public func backup() throws(RuntimeError) -> LogBackup {
        do { return try log.backup() } catch { throw .log(error) }
    }

    /// Begins no further step of a processor until it is resumed.
    public func pause(processor name: String) async throws(RuntimeError) {
        if let handler = handler(name) { return await handler.pause() }
        if let projection = projection(name) { return await projection.pause() }
        if name == Timekeeper.name { return await timekeeper.pause() }
        throw unknown(name)
    }

    /// Lets a processor go on that was paused or has stopped by itself.
    public func resume(processor name: String) async throws(RuntimeError) {
        if let handler = handler(name) {
            do { return try await handler.resume() } catch { throw RuntimeError(reading: error) }
        }
        if let projection = projection(name) { return await projection.resume() }
        if name == Timekeeper.name {
            do { return try await timekeeper.resume() } catch { throw RuntimeError(reading: error) }
        }
        throw unknown(name)
    }

    /// Builds the rows of a projection anew, beside those that answer queries, which are kept up meanwhile;
    /// the new ones take their place when they have come to the end of the log.
    ///
    /// It goes on after a restart. `processors()` tells how far it is.
    ///
    /// - Throws: `RuntimeError.unknownProcessor`; `.notRebuildable` for one that keeps no rows;
    ///   `.rebuildRunning` while a new generation is being built.
    public func rebuild(processor name: String) async throws(RuntimeError) {
        if let projection = projection(name) { return try await projection.rebuild() }
        if handler(name) != nil || name == Timekeeper.name { throw .notRebuildable(name) }
        throw unknown(name)
    }

    /// Parked events, oldest first, of one processor or of all.
    public func parked(processor name: String? = nil) async throws(RuntimeError) -> [ParkedEvent] {
        if let name, handler(name) == nil { throw unknown(name) }
        var all: [ParkedEvent] = []
        for handler in processors.all.handlers where name == nil || handler.name == name {
            all += await handler.parkedEvents()
        }
        return all.sorted { $0.position < $1.position }
    }

    /// Runs the step of a parked event again, and those of its key behind it.
    ///
    /// `data` is JSON that takes the place of the event's data for this step; the event stays as it is.
    public func retryParked(
        _ position: Position,
        processor: String? = nil,
        data: ArraySlice<UInt8>? = nil
    ) async throws(RuntimeError) -> RepairReport {
        try await holder(of: position, processor).repair(position, .retry(editedData: data))
    }

    /// Gives a parked event up for good; those of its key behind it are run.
    public func skipParked(
        _ position: Position,
        processor: String? = nil
    ) async throws(RuntimeError) -> RepairReport {
        try await holder(of: position, processor).repair(position, .skip)
    }

    /// Runs all parked events again, key by key, of one processor or of all.
    public func retryAllParked(processor: String?) async throws(RuntimeError) -> RepairReport {
        var report = RepairReport()
        for event in try await parked(processor: processor) where event.behind == nil {
            let part = try await retryParked(event.position, processor: event.processor)
            report.retried += part.retried
            report.failed += part.failed
        }
        return report
    }

    /// Why the host isn't ready for work: the log takes no appends, or a processor hasn't come as far as the
    /// log was when the host started.
    ///
    /// Nil when it is ready.
    public func notReadyReason() async -> String? {
        if let reason = log.readOnlyReason { return "the log takes no appends: \(reason)" }
        for status in await processors() where status.position < target && status.state != .paused {
            return "\(status.name) is \(status.state) at position \(status.position), behind \(target)"
        }
        return nil
    }

    private func handler(_ name: String) -> HandlerProcessor? { processors.handler(name) }

    private func projection(_ name: String) -> ProjectionProcessor? { processors.projection(name) }

    private func unknown(_ name: String) -> RuntimeError {
        let all = processors.all
        let known = all.handlers.map(\.name) + all.projections.map(\.name) + [Timekeeper.name]
        return .unknownProcessor(name, known: known)
    }

    private func holder(
        of position: Position,
        _ processor: String?
    ) async throws(RuntimeError) -> HandlerProcessor {
        if let processor, handler(processor) == nil { throw unknown(processor) }
        for handler in processors.all.handlers where processor == nil || handler.name == processor {
            if await handler.parked[position] != nil { return handler }
        }
        throw .unknownParked(position)
    }
}
