import EventLog
import Runtime

/// What was found in a data folder, for people and for machines.
enum FindingText {
    /// One line, and another with what to do.
    static func text(_ finding: LogFinding) -> String {
        (finding.isDamage ? "damaged  " : "note     ") + "\(finding)\n  hint: \(finding.hint)"
    }

    static func json(_ finding: LogFinding) -> JSONValue {
        .object([
            "code": .string(finding.code), "damage": .bool(finding.isDamage), "file": .string(finding.file),
            "offset": finding.offset.map { .integer(Int64($0)) } ?? .null,
            "detail": .string(finding.detail), "hint": .string(finding.hint),
        ])
    }
}

extension JSONValue {
    /// A position, a count or a size.
    static func number(_ value: some BinaryInteger) -> JSONValue { .integer(Int64(clamping: value)) }
}
