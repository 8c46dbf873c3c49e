import EventLog

/// The comparison as the API gives it, and the command line with `--json`.
extension ScriptDiff {
    /// All of it, in one object.
    public var json: JSONValue {
        let byKind = DecisionChange.allCases.map { change in
            (
                change.rawValue,
                JSONValue.integer(Int64(tallies.values.reduce(0) { $0 + ($1.changes[change] ?? 0) }))
            )
        }
        let decisions: [String: JSONValue] = [
            "steps": .integer(Int64(tallies.values.reduce(0) { $0 + $1.steps })),
            "changed": .integer(Int64(decisionsChanged)),
            "by_kind": .object(Dictionary(uniqueKeysWithValues: byKind)),
            "by": .object(tallies.mapValues(\.json)),
            "first": .array(changes.map(\.json)),
            "calling_out": .integer(Int64(callingOut)), "without_time": .integer(Int64(timeless)),
        ]
        var members: [String: JSONValue] = [
            "downstream": .string(downstream.rawValue),
            "same": .bool(isSame), "from": .integer(Int64(from)), "to": .integer(Int64(to)),
            "old": .string(old), "new": .string(new), "decisions": .object(decisions),
            "states": .object([
                "compared": .integer(Int64(statesCompared)), "changed": .integer(Int64(statesChanged)),
                "first": .array(states.map(\.json)),
            ]),
            "read_models": .array(readModels.map(\.json)),
            "cost": .object([
                "old_instructions": .integer(Int64(tallies.values.reduce(0) { $0 + $1.oldInstructions })),
                "new_instructions": .integer(Int64(tallies.values.reduce(0) { $0 + $1.newInstructions })),
            ]),
        ]
        if let recomputed { members["recomputed"] = recomputed.json }
        return .object(members)
    }
}

extension Recomputed {
    fileprivate var json: JSONValue {
        [
            "inputs": .integer(Int64(inputs)), "recorded_events": .integer(Int64(recordedEvents)),
            "old_as_recorded": .integer(Int64(oldAsRecorded)), "old_held_up": .integer(Int64(oldHeldUp)),
            "new_held_up": .integer(Int64(newHeldUp)),
        ]
    }
}

extension DiffTally {
    fileprivate var json: JSONValue {
        let byKind = changes.map { ($0.key.rawValue, JSONValue.integer(Int64($0.value))) }
        return .object([
            "steps": .integer(Int64(steps)), "changed": .integer(Int64(changed)),
            "by_kind": .object(Dictionary(uniqueKeysWithValues: byKind)),
            "old_instructions": .integer(Int64(oldInstructions)),
            "new_instructions": .integer(Int64(newInstructions)),
        ])
    }
}

extension ChangedDecision {
    fileprivate var json: JSONValue {
        .object([
            "change": .string(change.rawValue), "position": .integer(Int64(position)), "by": .string(by),
            "stream": .string(stream), "old": old.json, "new": new.json,
        ])
    }
}

extension Decision {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members["events"] = .array(
            events.map { event in
                .object([
                    "stream": .string(event.stream), "type": .string(event.type),
                    "tags": .array(event.tags.map { .string($0) }), "data": JSONValue(shown: event.data),
                ])
            }
        )
        if let refusal {
            members["refused"] = ["code": .string(refusal.code), "text": .string(refusal.text)]
        }
        if let end { members["end"] = .string(end) }
        return .object(members)
    }
}

extension ChangedState {
    fileprivate var json: JSONValue {
        ["stream": .string(stream), "old": JSONValue(shown: old.utf8), "new": JSONValue(shown: new.utf8)]
    }
}

extension ChangedRows {
    fileprivate var json: JSONValue {
        .object([
            "projection": .string(projection), "table": .string(table),
            "old_rows": oldCount.map { .integer(Int64($0)) } ?? .null,
            "new_rows": newCount.map { .integer(Int64($0)) } ?? .null,
            "only_old": .integer(Int64(onlyOld)), "only_new": .integer(Int64(onlyNew)),
            "reason": reason.map { .string($0) } ?? .null,
            "first": .array(
                examples.map { ["in": .string($0.isNew ? "new" : "old"), "row": $0.row] }
            ),
        ])
    }
}

extension JSONValue {
    /// JSON of the log for people; what isn't any is shown as a text.
    init(shown bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else {
            self = .null
            return
        }
        // A fold that fails has a sentence in the place of a state.
        self = (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
}
