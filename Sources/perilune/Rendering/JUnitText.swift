import Runtime

/// Specs as the XML that continuous integration reads: a suite for each file, a case for each spec.
///
/// The format has no standard; this is the part that Jenkins, GitLab and GitHub's actions agree on.
enum JUnitText {
    static func document(_ report: SpecReport) -> String {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="\#(escaped(report.app))" \#(counts(report.lines, report.microseconds))>"#,
        ]
        for file in Set(report.lines.map(\.result.spec.file)).sorted() {
            let cases = report.lines.filter { $0.result.spec.file == file }
            let counts = counts(cases, cases.reduce(0) { $0 + $1.microseconds })
            lines.append(#"  <testsuite name="\#(escaped(file))" \#(counts)>"#)
            for line in cases { lines += element(line) }
            lines.append("  </testsuite>")
        }
        return (lines + ["</testsuites>", ""]).joined(separator: "\n")
    }

    /// The same of an app that can't be loaded: one case that is an error, so that no earlier report stands.
    static func document(app: String, _ error: RuntimeError) -> String {
        let name = escaped(app)
        let counts = #"tests="1" failures="0" errors="1" skipped="0" time="0""#
        let lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#,
            #"<testsuites name="\#(name)" \#(counts)>"#,
            #"  <testsuite name="\#(name)" \#(counts)>"#,
            #"    <testcase classname="\#(name)" name="the app is loaded" time="0">"#,
            #"      <error type="\#(escaped(error.code))">\#(escaped(error.description))</error>"#,
            "    </testcase>", "  </testsuite>", "</testsuites>", "",
        ]
        return lines.joined(separator: "\n")
    }

    /// What a suite and all suites together say of themselves.
    private static func counts(_ lines: [SpecReport.Line], _ microseconds: Int64) -> String {
        let failed = lines.count { !$0.result.passed }
        return #"tests="\#(lines.count)" failures="\#(failed)" errors="0" skipped="0" "#
            + #"time="\#(SpecReport.seconds(microseconds))""#
    }

    private static func element(_ line: SpecReport.Line) -> [String] {
        let spec = line.result.spec
        let head =
            #"    <testcase classname="\#(escaped(spec.file))" name="\#(escaped(spec.name))" "#
            + #"file="\#(escaped(spec.file))" line="\#(spec.line)" "#
            + #"time="\#(SpecReport.seconds(line.microseconds))""#
        guard let failure = line.result.failure else { return [head + "/>"] }
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
