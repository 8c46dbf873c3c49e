import EventLog
import ReadModels

/// How a projection goes over to other scripts while it runs.
extension ProjectionProcessor {
    /// Goes by another definition, of a version that decides from now on.
    ///
    /// When other rows come of it, a new generation is built by it, and the old rows are kept up by the code
    /// that made them until the new ones take their place. A failure stops the projection, and says so.
    func adopt(_ definition: ProjectionDefinition, of version: ScriptVersion) {
        code = ProjectionCode(definition, of: version, in: context.pool)
        do {
            let found = try store.open(definition.readModel)
            if answering.model.reflects(definition.readModel) { answering.code = code }
            go(on: found.building)
        } catch {
            halt(ScriptFailure(stopping: RuntimeError.readModel(error), of: name))
        }
        wake()
    }

    /// Whether nobody keeps up the rows that answer, since the host began without the code that made them.
    var hasLeftRows: Bool { !answering.isFed }

    /// Has the rows that answer kept up by a version that was live before, if it is the one that made them.
    func keepUpRows(by version: ScriptVersion) {
        guard hasLeftRows,
            let definition = version.definitions.projections.first(where: { $0.name == name }),
            answering.model.reflects(definition.readModel)
        else { return }
        answering.code = ProjectionCode(definition, of: version, in: context.pool)
        wake()
    }

    /// The generation that is to be built now, if any.
    private func go(on model: ReadModel?) {
        if let building, building.model === model {
            building.code = code
        } else {
            building = model.map { ProjectionFeed($0, by: code) }
            guard let building else { return }
            buildStart = (context.clock.now(), building.model.position)
            announce(building)
        }
    }
}
