import Runtime

/// Processors for people.
enum ProcessorText {
    static func table(_ processors: [JSONValue]) -> String {
        var table = TextTable(header: [
            "name", "kind", "state", "position", "lag", "parked", "next", "last failure",
        ])
        for processor in processors {
            table.add([
                JSONText.cell(processor["name"]), JSONText.cell(processor["kind"]),
                JSONText.cell(processor["state"]), JSONText.cell(processor["position"]), lag(of: processor),
                JSONText.cell(processor["parked"]), next(of: processor),
                RepairText.summary(of: processor["last_failure"]),
            ])
        }
        return table.text
    }

    /// When a schedule ticks, or what the host's timers wait for: `2 timers, 2026-08-01T09:30:00.000000Z`.
    private static func next(of processor: JSONValue) -> String {
        let waiting = processor["waiting_timers"]?.integer.map { $0 == 1 ? "1 timer" : "\($0) timers" }
        return [waiting, processor["next_due"]?.string].compactMap(\.self).joined(separator: ", ")
    }

    /// `none`, or `12 events, 3.5 s`.
    private static func lag(of processor: JSONValue) -> String {
        let events = processor["lag_events"]?.integer ?? 0
        let seconds = processor["lag_seconds"]?.double ?? 0
        return events == 0 ? "none" : "\(events) events, \(seconds) s"
    }
}
