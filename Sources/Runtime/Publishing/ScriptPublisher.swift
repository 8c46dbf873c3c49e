import EventLog
import Logging
import ReadModels

/// Makes scripts live, one set after another: checks them, keeps their texts in the log, exchanges them.
///
/// Whatever goes wrong before the log says that they are live, what was live goes on.
actor ScriptPublisher {
    let swap: ScriptSwap
    let isRecorded: Bool
    private var versions = WorkerPool.firstVersion
    private var isStopping = false
    /// The newest request; the next begins when it has ended.
    private var newest: Task<PublishReport, any Error>?

    init(swap: ScriptSwap, isRecorded: Bool) {
        self.swap = swap
        self.isRecorded = isRecorded
    }

    /// Waits for what is under way; nothing goes live any more.
    func stop() async {
        isStopping = true
        // Told to whoever asked for it.
        _ = try? await newest?.value
    }

    /// Makes scripts live, when those before them are through.
    ///
    /// - Throws: `RuntimeError.publishRefused` with all that speaks against them; `.log`, `.stopping`.
    func publish(
        _ scripts: ScriptSet,
        _ origin: PublishedScripts.Origin,
        by author: PublishAuthor,
        isForced: Bool
    ) async throws(RuntimeError) -> PublishReport {
        try author.check()
        let earlier = newest
        let task = Task { () async throws -> PublishReport in
            // Its own asker is told what became of it.
            _ = try? await earlier?.value
            return try await perform(scripts, origin, by: author, isForced: isForced)
        }
        newest = task
        do { return try await task.value } catch { throw RuntimeError(reading: error) }
    }

    /// What speaks against scripts, without making them live.
    func check(_ scripts: ScriptSet) async throws(RuntimeError) -> PublishReport {
        let (definitions, change) = try await checked(scripts, isForced: false)
        return PublishReport(
            hash: scripts.hash,
            parent: swap.live.scripts.hash,
            position: swap.context.log.lastPosition,
            changes: change.lines,
            doubts: definitions.doubts
        )
    }

    private func perform(
        _ scripts: ScriptSet,
        _ origin: PublishedScripts.Origin,
        by author: PublishAuthor,
        isForced: Bool
    ) async throws(RuntimeError) -> PublishReport {
        guard !isStopping else { throw .stopping }
        let parent = swap.live.scripts.hash
        guard scripts.hash != parent else {
            // Specs are no part of the hash, and what a check would say is said here, too.
            if origin != .rollback { try await checks.holdSpecs(of: scripts) }
            let position = swap.context.log.lastPosition
            return PublishReport(hash: parent, parent: parent, position: position, changes: [], doubts: [])
        }
        // What was live before needs no trial: a rollback is for when something is wrong now.
        let (_, change) = try await checked(scripts, isForced: isForced, isTried: origin != .rollback)
        var event: NewEvent?
        do {
            if isRecorded {
                try await ScriptArchive(log: swap.context.log).store(scripts)
                event = try ScriptRecord.published(scripts, instead: parent, origin: origin, by: author)
            }
        } catch {
            throw RuntimeError(reading: error)
        }
        let version = try await load(scripts)
        guard !isStopping else { throw .stopping }
        let position = try await swap.perform(version, change, recording: event)
        return PublishReport(
            hash: scripts.hash,
            parent: parent,
            position: position,
            changes: change.lines,
            doubts: version.definitions.doubts
        )
    }

    /// Loads a set beside those that are there.
    func load(_ scripts: ScriptSet) async throws(RuntimeError) -> ScriptVersion {
        versions += 1
        return try await ScriptVersion.load(scripts, number: versions, in: swap.context.pool)
    }

    private func checked(
        _ scripts: ScriptSet,
        isForced: Bool,
        isTried: Bool = true
    ) async throws(RuntimeError) -> (Definitions, ScriptChange) {
        let live = swap.live
        let definitions = try await checks.definitions(of: scripts)
        let change = ScriptChange(from: live.definitions, to: definitions)
        try refuseTables(definitions, live.definitions)
        if !isForced { try await ScriptLosses(change, swap).refuse() }
        if isTried { try await checks.run(scripts, instead: live.scripts) }
        return (definitions, change)
    }

    private var checks: ScriptChecks {
        ScriptChecks(log: swap.context.log, logger: swap.context.logger)
    }

    /// Refuses tables that can't be made beside those that are there.
    private func refuseTables(_ definitions: Definitions, _ live: Definitions) throws(RuntimeError) {
        var failures: [ScriptFailure] = []
        let before = Dictionary(uniqueKeysWithValues: live.projections.map { ($0.name, $0.readModel) })
        var owners: [String: String] = [:]
        for model in before.values {
            for table in model.tables { owners[table.name.lowercased()] = model.name }
        }
        for projection in definitions.projections {
            let (name, model) = (projection.name, projection.readModel)
            if model.keepsRows, let known = before[name], known.tables != model.tables {
                failures.append(ScriptFailure(refusing: .readModel(.tablesChanged(name))))
            }
            for table in model.tables {
                guard let owner = owners[table.name.lowercased()], owner != name else { continue }
                failures.append(ScriptFailure(refusing: .readModel(.tableTaken(table.name, by: owner))))
            }
        }
        guard failures.isEmpty else { throw .publishRefused(failures) }
    }
}
