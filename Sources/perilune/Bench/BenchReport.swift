import Runtime

/// Shows numbers as they come: JSON lines for machines, aligned lines for people.
struct BenchReport {
    let json: Bool

    func show(_ result: BenchResult) {
        Console.standardOutput.line(json ? line(result) : text(result))
    }

    private func text(_ result: BenchResult) -> String {
        let text = """
            \(result.name)  \(rounded(result.value)) \(result.unit)
                \(share(result.ratio)) \(result.baseline): \(rounded(result.baselineValue)) \(result.unit)
                \(result.note)
            """
        guard let target = result.target else { return text }
        return text + "\n    target " + outcome(of: target, for: result)
    }

    /// `≥ 0.8 of the baseline: missed by 0.12 (15 %)`.
    private func outcome(of target: BenchTarget, for result: BenchResult) -> String {
        let unit = target.subject == .ratio ? "of the baseline" : result.unit
        let wanted = "\(target.bound == .atLeast ? "≥" : "≤") \(rounded(target.limit)) \(unit)"
        let miss = target.miss(of: result)
        guard miss > 0 else { return wanted + ": met" }
        return "\(wanted): missed by \(rounded(miss)) (\(percent(miss / target.limit)))"
    }

    private func line(_ result: BenchResult) -> String {
        var members: [(String, JSONValue)] = [
            ("name", .string(result.name)), ("value", .float(result.value)), ("unit", .string(result.unit)),
            ("baseline", .string(result.baseline)), ("baseline_value", .float(result.baselineValue)),
            ("ratio", .float(result.ratio)), ("note", .string(result.note)),
        ]
        if let target = result.target {
            let miss = target.miss(of: result)
            members += [
                ("target", .float(target.limit)), ("target_of", .string(target.subject.rawValue)),
                ("target_bound", .string(target.bound.rawValue)), ("target_met", .bool(miss == 0)),
                ("target_missed_by", .float(miss)),
            ]
        }
        let written = members.map { JSONText.compact(.string($0.0)) + ":" + JSONText.compact($0.1) }
        return "{" + written.joined(separator: ",") + "}"
    }

    /// Whole numbers with thousands apart; a small one keeps two digits of fraction, a tiny one four.
    private func rounded(_ value: Double) -> String {
        if value < 1 { return String((value * 10_000).rounded() / 10_000) }
        guard value >= 100 else { return String((value * 100).rounded() / 100) }
        var text = ""
        for (index, digit) in String(Int(value.rounded())).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// Percent, until their number gets unwieldy.
    private func share(_ ratio: Double) -> String {
        ratio < 10 ? percent(ratio) + " of" : rounded(ratio) + " times"
    }

    private func percent(_ ratio: Double) -> String { "\(Int((ratio * 100).rounded())) %" }
}
