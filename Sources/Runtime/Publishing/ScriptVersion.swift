import Synchronization

/// A script set that the workers have loaded.
///
/// Whoever needs its code holds it: the host the one that is live, a projection the one that made its rows.
/// The workers let its VMs go when nobody does any more.
final class ScriptVersion: Sendable {
    /// Counts what this host has loaded; a set that comes back is loaded anew, under another number.
    let number: Int
    let scripts: ScriptSet
    let definitions: Definitions

    private let workers: [ScriptWorker]

    /// Loads a set for each worker, beside what it runs; all of them have it then, or none.
    static func load(
        _ scripts: ScriptSet,
        number: Int,
        in pool: WorkerPool
    ) async throws(RuntimeError) -> ScriptVersion {
        let (loader, workers) = (ScriptLoader(), pool.workers)
        defer { loader.end() }
        do {
            for worker in workers {
                await worker.take(try await loader.session(of: scripts, pool.services), as: number)
            }
        } catch {
            for worker in workers { await worker.unload(number) }
            throw error
        }
        guard let definitions = await workers[0].definitions(of: number) else {
            preconditionFailure("a version that was loaded has definitions")
        }
        return ScriptVersion(number: number, scripts: scripts, definitions: definitions, workers: workers)
    }

    /// One that the workers have loaded.
    init(number: Int, scripts: ScriptSet, definitions: Definitions, workers: [ScriptWorker]) {
        self.number = number
        self.scripts = scripts
        self.definitions = definitions
        self.workers = workers
    }

    deinit {
        let (workers, number) = (workers, number)
        Task { for worker in workers { await worker.unload(number) } }
    }
}

/// The version that decides now; exchanged while no worker has a step under way (`ScriptSwap`).
final class LiveVersion: Sendable {
    private let current: Mutex<ScriptVersion>

    init(_ version: ScriptVersion) { current = Mutex(version) }

    var value: ScriptVersion { current.withLock { $0 } }

    func exchange(for version: ScriptVersion) { current.withLock { $0 = version } }
}
