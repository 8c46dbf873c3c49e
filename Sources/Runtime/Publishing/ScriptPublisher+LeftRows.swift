import Logging

/// A host that begins with edited scripts has only the new code, and rows that the old one made: they answer
/// until new ones are built, which takes as long as the log is. So the old code is looked for in the log.
extension ScriptPublisher {
    /// Has rows that nobody keeps up kept up by the scripts that made them, where the log has these.
    ///
    /// What can't be read or loaded is told and left: then the rows stay as they are.
    func keepUpLeftRows() async {
        guard isRecorded else { return }
        do {
            let archive = ScriptArchive(log: swap.context.log)
            var known = [swap.live.scripts.hash]
            for record in try archive.history().reversed() where !known.contains(record.hash) {
                let left = await projectionsWithLeftRows()
                guard !left.isEmpty, known.count <= RuntimeLimits.leftRowsVersionsMax else { return }
                known.append(record.hash)
                let version = try await load(try archive.scripts(of: record))
                for projection in left { await projection.keepUpRows(by: version) }
            }
        } catch {
            swap.context.logger.warning("rows stay as they are until new ones are built: \(error)")
        }
    }

    private func projectionsWithLeftRows() async -> [ProjectionProcessor] {
        var found: [ProjectionProcessor] = []
        for projection in swap.processors.all.projections where await projection.hasLeftRows {
            found.append(projection)
        }
        return found
    }
}
