import Runtime
import Testing

@testable import perilune

/// Texts in columns, whatever letters they have.
@Suite struct WidthTests {
    @Test(arguments: [
        ("", 0), ("order-42", 8), ("Müller", 6), ("Mu\u{308}ller", 6), ("東京", 4), ("한국", 4), ("ｶﾅ", 2),
        ("🙂", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("नमस्ते", 3), ("a\u{200B}b", 2), ("（", 2),
    ])
    func `a text takes as many columns as a terminal gives it`(text: String, width: Int) {
        #expect(text.displayWidth == width, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
    }

    @Test func `a text is cut between letters, and never within one`() {
        #expect("a東京".prefix(columns: 2) == "a")
        #expect("a東京".prefix(columns: 3) == "a東")
        #expect("👩‍👩‍👧👩‍👩‍👧".prefix(columns: 3) == "👩‍👩‍👧")
        #expect("e\u{301}e\u{301}".prefix(columns: 1) == "e\u{301}")
        #expect("東京".prefix(columns: 0).isEmpty && "東京".isWider(than: 3) && !"東京".isWider(than: 4))
        #expect("東".padded(to: 5) == "東   " && "東京".padded(to: 3) == "東京")
    }

    @Test func `columns of a table stand below each other`() {
        var table = TextTable(header: ["key", "n"])
        for (key, n) in [("東京", "1"), ("ab", "2"), ("👩‍👩‍👧", "3")] { table.add([key, n]) }
        #expect(table.text == "KEY   N\n東京  1\nab    2\n👩‍👩‍👧    3".replacing("KEY   N", with: "KEY   N"))
        #expect(ResultText.text(["名": 1, "name": 2]) == "name  2\n名    1")
    }

    @Test func `a cell that would fill screens is cut, and says of how much`() {
        var table = TextTable(header: ["a", "b"])
        table.add([String(repeating: "東", count: 2_000), "x"])
        table.add(["y", "z"])
        let lines = table.text.split(separator: "\n")
        #expect(lines[1].contains("… 5.9 KiB  x") && lines.allSatisfy { !String($0).isWider(than: 100) })
    }

    private func event(_ stream: String, _ data: JSONValue) -> JSONValue {
        [
            "position": 17, "stream": .string(stream), "revision": 0, "type": "Noted",
            "time": "2026-08-01T09:30:00.000042Z", "data": data,
        ]
    }

    @Test func `events of any stream stand below each other, cut to the terminal`() {
        let text = EventText(width: 100)
        let lines = ["kunde-東京", "kunde-Müller", "order-👩‍👩‍👧"].map { text.line(event($0, ["a": 1])) }
        let places = lines.map { line in
            line.prefix(upTo: line.firstRange(of: "Noted")?.lowerBound ?? line.endIndex)
        }
        #expect(Set(places.map { String($0).displayWidth }).count == 1, "\(lines)")
        let cut = EventText(width: 90).line(
            event("a-1", ["text": .string(String(repeating: "東", count: 50))])
        )
        #expect(cut.hasSuffix("…") && (89...90).contains(cut.displayWidth), "\(cut)")
    }

    @Test func `an event of a megabyte is a line, which says how large it is and how to see it`() {
        let data: JSONValue = ["text": .string(String(repeating: "x", count: 1 << 20))]
        let line = EventText(width: 120).line(event("note-1", data))
        #expect(line.hasSuffix("… 1.0 MiB; --json shows it") && line.displayWidth == 120, "\(line)")
        let prompt = EventText(width: 120) { "events({ from = \($0), limit = 1 })[1].data" }
        #expect(
            prompt.line(event("note-1", data)).hasSuffix("1.0 MiB; events({ from = 17, limit = 1 })[1].data")
        )
        #expect(EventText(width: nil).line(event("note-1", data)).utf8.count > 1 << 20, "for machines, whole")
    }
}
