import EventLog

/// What the host goes on from, told at its start.
extension Host {
    /// A few lines, each with what it is about: how the processors stand, what is parked, what waits.
    ///
    /// However many processors there are, it stays short.
    public func startReport() async -> [(about: String, text: String)] {
        let all = await processors()
        var lines: [(about: String, text: String)] = []
        for (about, kinds) in [("handlers", [.handler, .schedule]), ("models", [.projection])]
            as [(String, [ProcessorStatus.Kind])]
        {
            let some = all.filter { kinds.contains($0.kind) && !$0.name.hasPrefix("$") }
            if !some.isEmpty { lines.append((about, standing(some))) }
        }
        let stopped = all.filter { $0.state == .stopped }
        if !stopped.isEmpty {
            let names = stopped.map { "\($0.name) (\($0.lastFailure?.summary ?? ""))" }
            lines.append(("stopped", Self.list(names)))
        }
        let parked = all.filter { $0.parked > 0 }
        if !parked.isEmpty {
            let count = parked.reduce(0) { $0 + $1.parked }
            lines.append(("parked", "\(count): " + Self.list(parked.map { "\($0.name) \($0.parked)" })))
        }
        if let timers = all.first(where: { $0.kind == .timers }), let waiting = timers.waitingTimers {
            let next = timers.nextDue.map { ", the next is due \(TimeText.format($0))" } ?? ""
            // The timers are read while the host starts: until then there may be more.
            let isAll = timers.position >= target
            lines.append(("timers", "\(waiting) waiting\(isAll ? "" : " so far")\(next)"))
        }
        return lines
    }

    private func standing(_ all: [ProcessorStatus]) -> String {
        let behind = all.filter { $0.position < target }.sorted { $0.position < $1.position }
        guard !behind.isEmpty else { return "\(all.count), at the end of the log" }
        let names = behind.map { "\($0.name) at \($0.position), \(target - $0.position) behind" }
        return "\(all.count), behind the end at \(target): " + Self.list(names)
    }

    private static func list(_ names: [String]) -> String {
        let rest = names.count - RuntimeLimits.startReportNamesMax
        let some = names.prefix(RuntimeLimits.startReportNamesMax).joined(separator: "; ")
        return rest > 0 ? some + "; and \(rest) more" : some
    }
}
