import Runtime

/// Processors for people.
enum ProcessorText {
    static func table(_ processors: [JSONValue]) -> String {
        var table = TextTable(header: [
            "name", "kind", "state", "position", "lag", "parked", "generation", "next", "last failure",
        ])
        for processor in processors {
            table.add([
                JSONText.cell(processor["name"]), JSONText.cell(processor["kind"]),
                JSONText.cell(processor["state"]), JSONText.cell(processor["position"]), lag(of: processor),
                JSONText.cell(processor["parked"]), rows(of: processor), next(of: processor),
                RepairText.summary(of: processor["last_failure"]),
            ])
        }
        return table.text
    }

    /// The generation of a projection's rows that answers, and how far the next one is:
    /// `1; 2 at 45 %, 61200/s`.
    static func rows(of processor: JSONValue) -> String {
        guard let generation = processor["generation"]?.integer else { return "" }
        guard let rebuild = processor["rebuild"], let next = rebuild["generation"]?.integer else {
            return "\(generation)"
        }
        let rate = rebuild["events_per_second"]?.double.map { ", \(Int($0))/s" } ?? ""
        return "\(generation); \(next) at \(Int(rebuild["percent"]?.double ?? 0)) %\(rate)"
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
