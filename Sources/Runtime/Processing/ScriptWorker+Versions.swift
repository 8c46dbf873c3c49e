/// How a worker changes from one version of the scripts to another: between two batches.
///
/// `close`, then, when every worker is closed, `decide(with:)` and `open`. While a worker is closed no batch
/// is open on it and none begins; who comes waits at the gate.
extension ScriptWorker {
    /// What the scripts that decide declare.
    var definitions: Definitions { session.definitions }

    /// Takes a VM with another version in it, beside those that are there.
    func take(_ session: sending ScriptSession, as number: Int) {
        sessions[number] = session
    }

    /// How many versions are loaded.
    var versionCount: Int { sessions.count }

    /// What a version declares; nil when it isn't loaded.
    func definitions(of number: Int) -> Definitions? { sessions[number]?.definitions }

    /// Lets the VM of a version go that nobody needs any more.
    func unload(_ number: Int) {
        guard number != current else { return }
        sessions[number] = nil
    }

    /// Keeps batches from beginning, and waits until those that are open are settled.
    func close() async {
        isClosed = true
        while !inFlight.isEmpty { await waitForSettling() }
    }

    /// Lets a version decide that is loaded; only while the worker is closed.
    func decide(with number: Int) {
        guard let session = sessions[number] else { preconditionFailure("version \(number) isn't loaded") }
        precondition(isClosed && inFlight.isEmpty, "a version is exchanged between two batches")
        decide(with: session, number)
    }

    /// Lets batches begin again.
    func open() {
        isClosed = false
        let waiting = atTheGate
        atTheGate = []
        for continuation in waiting { continuation.resume() }
    }

    /// Suspends while the version is being exchanged.
    func passGate() async {
        while isClosed { await withCheckedContinuation { atTheGate.append($0) } }
    }

    /// Runs something with a version that need not be the one that decides; nil when it isn't loaded any
    /// more.
    func withSession<R: Sendable, E: Error>(
        of number: Int,
        _ body: @Sendable (ScriptSession) throws(E) -> R
    ) throws(E) -> R? {
        guard let session = sessions[number] else { return nil }
        return try body(session)
    }
}
