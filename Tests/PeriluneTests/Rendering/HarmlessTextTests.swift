import Runtime
import Testing

@testable import perilune

/// What clients put into events doesn't reach a terminal as orders.
@Suite struct HarmlessTextTests {
    @Test(arguments: [
        ("red \u{1B}[31m", #"red \27[31m"#), ("\u{1B}]0;mine\u{7}", #"\27]0;mine\7"#),
        ("\u{9B}2J", #"\1552J"#),
        ("\u{7F}\0", #"\127\0"#), ("two\nlines\t", "two\nlines\t"), ("Grüße 👋🏽", "Grüße 👋🏽"),
    ])
    func `control characters are written as Lua writes them`(text: String, told: String) {
        #expect(text.harmless == told)
        #expect(ValueText.text(.string(text)) == told)
    }

    @Test func `a cell of a table stays on its line`() {
        var table = TextTable(header: ["who"])
        table.add(["b\nc\u{1B}[2J"])
        #expect(table.text == "WHO\n" + #"b\nc\27[2J"#)
    }
}
