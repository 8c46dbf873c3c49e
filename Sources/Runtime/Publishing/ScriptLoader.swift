import Lua

/// A thread on which the VMs of a version are made for the workers.
///
/// To compile and run an app takes milliseconds, for which no step may wait.
actor ScriptLoader {
    private let thread = WorkerThread(name: "script-load")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    nonisolated func end() { thread.stop() }

    /// A VM with an app in it, for whoever will own it.
    func session(
        of scripts: ScriptSet,
        _ services: ScriptWorker.Services
    ) throws(RuntimeError) -> sending ScriptSession {
        try ScriptSession(scripts, services)
    }
}
