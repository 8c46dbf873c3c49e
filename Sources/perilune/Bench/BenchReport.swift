import Runtime

/// Shows numbers as they come: JSON lines for machines, aligned lines for people.
struct BenchReport {
    let json: Bool

    func show(_ result: BenchResult) {
        Console.standardOutput.line(json ? line(result) : text(result))
    }

    private func text(_ result: BenchResult) -> String {
        """
        \(result.name)  \(rounded(result.value)) \(result.unit)
            \(percent(result.ratio)) of \(result.baseline): \(rounded(result.baselineValue)) \(result.unit)
            \(result.note)
        """
    }

    private func line(_ result: BenchResult) -> String {
        let members: [(String, JSONValue)] = [
            ("name", .string(result.name)), ("value", .float(result.value)), ("unit", .string(result.unit)),
            ("baseline", .string(result.baseline)), ("baseline_value", .float(result.baselineValue)),
            ("ratio", .float(result.ratio)), ("note", .string(result.note)),
        ]
        let written = members.map { JSONText.compact(.string($0.0)) + ":" + JSONText.compact($0.1) }
        return "{" + written.joined(separator: ",") + "}"
    }

    /// Whole numbers with thousands apart; a small one keeps two digits of fraction.
    private func rounded(_ value: Double) -> String {
        guard value >= 100 else { return String((value * 100).rounded() / 100) }
        var text = ""
        for (index, digit) in String(Int(value.rounded())).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    private func percent(_ ratio: Double) -> String { "\(Int((ratio * 100).rounded())) %" }
}
