import Runtime

/// Specs as the XML that continuous integration reads: a suite for each file, a case for each spec.
///
/// The format has no standard; this is the part that Jenkins, GitLab and GitHub's actions agree on.
enum JUnitText {
    static func document(_ results: [SpecResult], app: String) -> String {
        let failed = results.count { !$0.passed }
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="\#(escaped(app))" tests="\#(results.count)" failures="\#(failed)">"#,
        ]
        for file in Set(results.map(\.spec.file)).sorted() {
            let cases = results.filter { $0.spec.file == file }
            let failures = cases.count { !$0.passed }
            lines.append(
                #"  <testsuite name="\#(escaped(file))" tests="\#(cases.count)" failures="\#(failures)">"#
            )
            for result in cases { lines += element(result) }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>", ""]).joined(separator: "\n")
    }

    private static func element(_ result: SpecResult) -> [String] {
        let spec = result.spec
        let head =
            #"    <testcase classname="\#(escaped(spec.file))" name="\#(escaped(spec.name))" "#
            + #"file="\#(escaped(spec.file))" line="\#(spec.line)""#
        guard let failure = result.failure else { return [head + "/>"] }
        return [
            head + ">",
            #"      <failure type="\#(escaped(failure.code))" message="\#(escaped(failure.summary))">"#
                + escaped(failure.text) + "</failure>",
            "    </testcase>",
        ]
    }

    /// XML 1.0 has no form for most control characters, escaped or not.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
                result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
