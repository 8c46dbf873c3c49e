import Runtime

/// What became of specs, for people and for machines.
enum SpecText {
    /// `ok    an order is placed once`, or the failure below its name.
    static func line(_ result: SpecResult) -> String {
        guard let failure = result.failure else { return "ok    \(result.spec.name)" }
        let told = failure.text.split(separator: "\n", omittingEmptySubsequences: false)
        return (["FAIL  \(result.spec)"] + told.map { "      " + $0 }).joined(separator: "\n")
    }

    /// `8 specs: 7 hold, 1 fails`.
    static func summary(_ results: [SpecResult]) -> String {
        let failed = results.count { !$0.passed }
        let total = "\(results.count) spec\(results.count == 1 ? "" : "s")"
        if failed == 0 { return "\(total): \(results.count == 1 ? "it holds" : "all hold")" }
        return "\(total): \(results.count - failed) hold, \(failed) fail\(failed == 1 ? "s" : "")"
    }

    /// One JSON document.
    static func document(_ results: [SpecResult]) -> String {
        let specs = results.map { result in
            var members: [String: JSONValue] = [
                "name": .string(result.spec.name), "file": .string(result.spec.file),
                "line": .integer(Int64(result.spec.line)), "holds": .bool(result.passed),
            ]
            if let failure = result.failure {
                members["code"] = .string(failure.code)
                members["failure"] = .string(failure.text)
            }
            return JSONValue.object(members)
        }
        return JSONText.compact(.object(["specs": .array(specs)]))
    }
}
