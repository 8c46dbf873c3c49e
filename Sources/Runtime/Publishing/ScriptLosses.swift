import EventLog

/// What scripts that are to go live would leave behind: events, streams and timers that wait for something
/// which they don't declare any more.
struct ScriptLosses {
    private let change: ScriptChange
    private let swap: ScriptSwap

    init(_ change: ScriptChange, _ swap: ScriptSwap) {
        self.change = change
        self.swap = swap
    }

    /// Refuses to leave anything behind.
    ///
    /// - Throws: `RuntimeError.publishRefused`, or what reading throws.
    func refuse() async throws(RuntimeError) {
        var failures: [ScriptFailure] = []
        do {
            failures += await parkedOfGoneHandlers()
            failures += try streamsOfGoneAggregates()
            failures += try await timersOfGoneCommands()
        } catch {
            throw RuntimeError(reading: error)
        }
        guard failures.isEmpty else { throw .publishRefused(failures) }
    }

    private func parkedOfGoneHandlers() async -> [ScriptFailure] {
        var failures: [ScriptFailure] = []
        for name in change.goneHandlers {
            let count = await swap.processors.handler(name)?.parkedEvents().count ?? 0
            if count > 0 { failures.append(.goneHandler(name, parked: count)) }
        }
        return failures
    }

    private func streamsOfGoneAggregates() throws -> [ScriptFailure] {
        try change.goneAggregates.filter { name in
            try !swap.context.log.read(ReadRequest(.category(name), limit: 1)).events.isEmpty
        }.map { .goneAggregate($0, added: change.newAggregates) }
    }

    /// Looks at the timers that are due next, in the order of the log.
    private func timersOfGoneCommands() async throws -> [ScriptFailure] {
        guard !change.goneCommands.isEmpty else { return [] }
        var counts: [String: Int] = [:]
        let waiting = await swap.timekeeper.waitingTimers(atMost: RuntimeLimits.publishTimersMax)
        for position in waiting.sorted() {
            guard let event = try swap.context.log.event(at: position) else { continue }
            let command = try RecordedCommand(event)
            let name = "\(command.aggregate).\(command.name)"
            if change.goneCommands.contains(name) { counts[name, default: 0] += 1 }
        }
        return counts.sorted { $0.key < $1.key }.map { .goneCommand($0.key, timers: $0.value) }
    }
}
