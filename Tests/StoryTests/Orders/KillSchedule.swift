/// Kills the host when so many requests have been answered, and starts it again: when is exact, what the
/// host and the other clients are in the middle of is not.
actor KillSchedule {
    private let host: HostProcess
    private var answered = 0
    private var pending: [Int]
    private var isRestarting = false
    private(set) var kills = 0

    /// A schedule; the counts are numbers of answers, ascending.
    init(_ host: HostProcess, after counts: [Int]) {
        self.host = host
        pending = counts
    }

    /// One more request was answered.
    func answer() async throws {
        answered += 1
        // Clients go on as soon as the port is open; the next kill waits until this start is through.
        guard !isRestarting, let next = pending.first, answered >= next else { return }
        pending.removeFirst()
        isRestarting = true
        try await host.kill()
        kills += 1
        try await host.start()
        isRestarting = false
    }
}
