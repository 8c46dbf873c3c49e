import EventLog
import Logging
import ReadModels

/// New rows that are brought over from the old ones by the projection's own `migrate`, instead of being built
/// from the log.
extension ProjectionProcessor {
    /// Brings the rows over when the new generation is empty; whether it did anything.
    ///
    /// Rows and position change in one transaction: after a crash the new generation is still empty, and it
    /// is done again. A rebuild that was asked for doubts the rows, and so doesn't take them over.
    func migrateRows(to feed: ProjectionFeed, by code: ProjectionCode) async throws -> Bool {
        let (older, model) = (answering.model, feed.model)
        guard code.definition.migrates, model.position == 0, older.checkpoint > 0,
            !older.reflects(code.definition.readModel)
        else { return false }
        do {
            let done: Void? = try await code.worker.withSession(of: code.version.number) {
                session throws(ProjectionFailure) in
                try session.migrate(older, to: model, with: code.definition)
            }
            precondition(done != nil, "a version stays loaded while a projection holds it")
            context.logger.info("projection \(name) brought its rows over, at position \(model.position)")
        } catch ProjectionFailure.event(_, let failure) {
            lastFailure = failure
            if answering.isFed { try giveUpBuilding(because: failure) } else { halt(failure) }
        } catch ProjectionFailure.readModel(let error) {
            throw RuntimeError.readModel(error)
        }
        return true
    }
}
