import Runtime

/// What became of specs, for people and for machines.
enum SpecText {
    /// `ok    an order is placed once`, or the failure below its name.
    static func line(_ result: SpecResult) -> String {
        guard let failure = result.failure else {
            let once = result.spec.once.map { " (delivered once: \($0))" } ?? ""
            return "ok    \(result.spec.name)\(once)"
        }
        let told = failure.text.split(separator: "\n", omittingEmptySubsequences: false)
        return (["FAIL  \(result.spec)"] + told.map { "      " + $0 }).joined(separator: "\n")
    }

    /// `8 specs: 7 hold, 1 fails (0.042 s)`; `2 of 8 specs` when not all ran.
    static func summary(_ report: SpecReport) -> String {
        let (count, failed) = (report.lines.count, report.failed)
        let all = count == report.declared ? "" : " of \(report.declared)"
        let total = "\(count)\(all) spec\(report.declared == 1 ? "" : "s")"
        let outcome =
            if failed == 0 {
                count == 1 ? "it holds" : "all hold"
            } else {
                "\(count - failed) hold, \(failed) fail\(failed == 1 ? "s" : "")"
            }
        return "\(total): \(outcome) (\(SpecReport.seconds(report.microseconds)) s)"
    }

    /// One JSON document.
    static func document(_ report: SpecReport) -> String {
        let specs = report.lines.map { line in
            let (spec, failure) = (line.result.spec, line.result.failure)
            var members: [String: JSONValue] = [
                "name": .string(spec.name), "file": .string(spec.file), "line": .integer(Int64(spec.line)),
                "holds": .bool(failure == nil), "seconds": .float(Double(line.microseconds) / 1_000_000),
            ]
            if let once = spec.once { members["once"] = .string(once) }
            if let failure {
                members["code"] = .string(failure.code)
                members["failure"] = .string(failure.text)
            }
            return JSONValue.object(members)
        }
        return JSONText.compact(
            .object([
                "specs": .array(specs), "declared": .integer(Int64(report.declared)),
                "failed": .integer(Int64(report.failed)),
                "seconds": .float(Double(report.microseconds) / 1_000_000),
            ])
        )
    }
}
