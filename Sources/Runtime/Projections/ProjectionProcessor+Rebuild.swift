import EventLog
import Logging
import ReadModels

/// How a new generation of the rows comes to be: because the projection's definition changed, or because
/// an operator asked for it. The old ones are fed meanwhile, unless the code that made them isn't known.
extension ProjectionProcessor {
    /// Begins to build the rows anew, beside those that answer.
    ///
    /// - Throws: `.rebuildRunning` when a new generation is being built already; `.readModel`; `.stopping`.
    func rebuild() throws(RuntimeError) {
        guard !isStopping else { throw .stopping }
        if let progress { throw .rebuildRunning(definition.name, progress) }
        do {
            begin(try store.rebuild(definition.name))
        } catch {
            throw .readModel(error)
        }
    }

    /// Whether the rows that answer were made by another definition than the one that decides now.
    var answersByOtherCode: Bool { !answering.model.reflects(definition.readModel) }

    /// How far the new generation is; nil when none is built.
    var progress: RebuildProgress? {
        guard let building else { return nil }
        let position = building.model.position
        let seconds = Double(context.clock.now() - buildStart.time) / 1_000_000
        let passed = position - min(buildStart.position, position)
        return RebuildProgress(
            generation: building.model.generation,
            reason: answersByOtherCode ? .changed : .asked,
            position: position,
            target: max(position, context.log.lastPosition),
            eventsPerSecond: seconds > 0 && passed > 0 ? Double(passed) / seconds : nil
        )
    }

    /// The new rows have come to the end of the log, and not less far than the old ones: they answer now.
    func switchToNew() throws {
        guard let building else { return }
        let old = answering
        FailPoint.rowsComplete.pass()
        try store.answerFromNew(definition.name) { FailPoint.rowsAnswering.pass() }
        answering = building
        self.building = nil
        stopReason = nil
        gate.move(to: building.model.position)
        context.logger.info(
            """
            projection \(definition.name) answers from generation \(building.model.generation), \
            in place of \(old.model.generation), at position \(building.model.position)
            """
        )
    }

    /// A rebuild that was asked for can't be finished; what answers goes on.
    func giveUpBuilding(because failure: ScriptFailure) throws {
        guard let building else { return }
        try store.abandonNew(definition.name)
        self.building = nil
        lastFailure = failure
        context.logger.error(
            """
            projection \(definition.name): generation \(building.model.generation) is given up, and \
            generation \(answering.model.generation) goes on
            \(failure.text)
            """
        )
    }

    /// Rows of events that the log doesn't have: they belong to another log, or to a longer one.
    ///
    /// New rows begin again; nobody has seen them. Those that answer stop.
    func isAhead(_ feed: ProjectionFeed) throws {
        let failure = ScriptFailure.ahead(
            definition.name,
            at: feed.model.position,
            of: context.log.lastPosition
        )
        guard feed === building else { return halt(failure) }
        try giveUpBuilding(because: failure)
        if !answering.isFed { begin(try store.rebuild(definition.name)) }
    }

    func announce(_ feed: ProjectionFeed) {
        let why = answersByOtherCode ? "since its definition changed" : "as asked"
        context.logger.info(
            """
            projection \(definition.name) builds generation \(feed.model.generation) \(why), from position \
            \(feed.model.position) of \(context.log.lastPosition); generation \
            \(answering.model.generation) answers meanwhile
            """
        )
    }
}
