import EventLog
import Logging
import Lua
import ReadModels

/// The script workers.
///
/// A stream's commands always go to the same one, and so does a lane.
struct WorkerPool: Sendable {
    let workers: [ScriptWorker]

    /// What their VMs are loaded with.
    let services: ScriptWorker.Services

    /// Which of the versions that they have loaded decides.
    let live: LiveVersion

    /// The number of the version that the workers begin with.
    static let firstVersion = 1

    /// Starts the workers; each loads the app for itself.
    init(
        scripts: ScriptSet,
        log: any EventLog,
        options: HostOptions,
        running: RunningSteps? = nil,
        snapshots: SnapshotStore? = nil
    ) throws(RuntimeError) {
        // The same history gives the same decisions only if the linked Lua takes its hash seed from the host.
        precondition(
            LuaVM.checkSeed(),
            "two VMs with one seed iterate differently: the Lua library isn't seeded"
        )
        var workers: [ScriptWorker] = []
        services = ScriptWorker.Services(log: log, logger: options.logger, snapshots: snapshots)
        for index in 0..<options.workers {
            workers.append(
                try ScriptWorker(index: index, running: running, scripts: scripts, services: services)
            )
        }
        self.workers = workers
        live = LiveVersion(
            ScriptVersion(
                number: Self.firstVersion,
                scripts: scripts,
                definitions: workers[0].firstDefinitions,
                workers: workers
            )
        )
    }

    /// What the scripts declare that decide now.
    var definitions: Definitions { live.value.definitions }

    var count: Int { workers.count }

    /// Groups of a processor's lanes, each of which has one batch under way.
    ///
    /// Exactly-once three for each worker: it runs the steps of one, the frame of another is flushed, and the
    /// third, which is settled between two batches, has its next work ready meanwhile. At-least-once two,
    /// since a crash repeats what is under way, and at-most-once one, since it loses that.
    ///
    /// A lane's group belongs to the lane's worker, whatever the numbers are.
    func groups(of delivery: Delivery) -> Int {
        let ofEach =
            switch delivery {
            case .exactlyOnce: 3
            case .atLeastOnce: 2
            case .atMostOnce: 1
            }
        return min(ofEach * workers.count, RuntimeLimits.lanes)
    }

    /// The groups of a processor whose scripts may deliver otherwise later.
    var groupsMax: Int { groups(of: .exactlyOnce) }

    /// The worker that runs the steps of a group.
    func worker(of group: Int) -> ScriptWorker { workers[group % workers.count] }

    /// The worker that decides commands on a stream.
    func worker(for stream: StreamName) -> ScriptWorker {
        workers[Lane.of(stream) % workers.count]
    }
}
