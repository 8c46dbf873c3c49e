import Runtime

/// Processors for people.
enum ProcessorText {
    static func table(_ processors: [JSONValue]) -> String {
        var table = TextTable(header: [
            "name", "kind", "state", "position", "lag", "parked", "last failure",
        ])
        for processor in processors {
            table.add([
                JSONText.cell(processor["name"]), JSONText.cell(processor["kind"]),
                JSONText.cell(processor["state"]), JSONText.cell(processor["position"]), lag(of: processor),
                JSONText.cell(processor["parked"]), RepairText.summary(of: processor["last_failure"]),
            ])
        }
        return table.text
    }

    /// `none`, or `12 events, 3.5 s`.
    private static func lag(of processor: JSONValue) -> String {
        let events = processor["lag_events"]?.integer ?? 0
        let seconds = processor["lag_seconds"]?.double ?? 0
        return events == 0 ? "none" : "\(events) events, \(seconds) s"
    }
}
