import Logging
import Runtime
import TestSupport
import Testing

@testable import perilune

/// What people, machines and continuous integration read of specs.
@Suite struct SpecReportTests {
    /// Specs of two files, one of which fails, each with a known duration.
    private static func report(declared: Int = 3) throws -> SpecReport {
        let app: AppFixture = #"aggregate "a" { commands = { go = function() emit("Gone") end } }"#
        let files = [
            ("a_spec.lua", #"spec("one", { once = "why <not>" }, function() when("a-1", "go") end)"#),
            (
                "b_spec.lua",
                #"spec("two", function() expect.equal("a & b", 1) end) spec("three", function() end)"#
            ),
        ]
        let runner = try SpecRunner(
            scripts: try app.scripts(),
            files: files.map { SpecFile(name: $0.0, text: Array($0.1.utf8)) },
            logger: Logger(label: "specs") { _ in SwiftLogNoOpLogHandler() }
        )
        var report = SpecReport(app: "shop \"x\"", declared: declared)
        for (place, result) in runner.run().enumerated() {
            report.add(result, microseconds: Int64(place + 1) * 1_500)
        }
        report.microseconds = 1_042_499
        return report
    }

    @Test func `people are shown what holds, what fails, how many and how long`() throws {
        let report = try Self.report()
        #expect(SpecText.line(report.lines[0].result) == "ok    one (delivered once: why <not>)")
        #expect(
            SpecText.line(report.lines[1].result).hasPrefix("FAIL  two (b_spec.lua:1)\n      b_spec.lua:1: ")
        )
        #expect(SpecText.summary(report) == "3 specs: 2 hold, 1 fails (1.042 s)")
        #expect(SpecText.summary(try Self.report(declared: 9)) == "3 of 9 specs: 2 hold, 1 fails (1.042 s)")
    }

    @Test func `machines get one document`() throws {
        let document = try JSONValue(parsing: SpecText.document(try Self.report()))
        #expect(document["failed"]?.integer == 1)
        #expect(document["declared"]?.integer == 3)
        #expect(document["seconds"]?.double == 1.042499)
        let specs = try #require(document["specs"]?.array)
        #expect(specs.map { $0["name"]?.string } == ["one", "two", "three"])
        #expect(specs.map { $0["holds"]?.bool } == [true, false, true])
        #expect(specs.map { $0["once"]?.string } == ["why <not>", nil, nil])
        #expect(specs.map { $0["seconds"]?.double } == [0.0015, 0.003, 0.0045])
        #expect(specs[1]["code"]?.string == "script-error")
    }

    @Test func `continuous integration gets suites with their counts and times`() throws {
        let text = JUnitText.document(try Self.report())
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines[0] == #"<?xml version="1.0" encoding="UTF-8"?>"#)
        #expect(
            lines[1] == #"<testsuites name="shop &quot;x&quot;" tests="3" failures="1" errors="0" "#
                + #"skipped="0" time="1.042">"#
        )
        #expect(
            lines[2] == #"  <testsuite name="a_spec.lua" tests="1" failures="0" errors="0" skipped="0" "#
                + #"time="0.002">"#
        )
        #expect(
            lines[3] == #"    <testcase classname="a_spec.lua" name="one" file="a_spec.lua" line="1" "#
                + #"time="0.002"/>"#
        )
        #expect(lines[5].contains(#"name="b_spec.lua" tests="2" failures="1""#))
        #expect(
            lines[7].contains(
                #"<failure type="script-error" message="expect.equal: it is &quot;a &amp; b&quot;"#
            )
        )
        #expect(lines.last == "</testsuites>")
    }

    @Test(arguments: [
        (0, "0.000"), (499, "0.000"), (500, "0.001"), (61_000_000, "61.000"), (1_009_000, "1.009"),
    ])
    func `seconds have their milliseconds`(microseconds: Int64, text: String) {
        #expect(SpecReport.seconds(microseconds) == text)
    }
}
