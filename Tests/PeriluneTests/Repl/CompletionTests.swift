import Runtime
import Testing

@testable import perilune

/// What Tab gives.
@Suite struct CompletionTests {
    private static let words = [
        "state", "stream", "streams", "string", "string.rep", "string.reverse", "print",
    ]

    private func complete(_ before: String) -> Completion {
        Completion(before: before, words: Self.words) { start, limit in
            SortedNames(["order", "order-1", "order-12", "OrderPlaced", "pear", "kunde-Müller", "日本-東京"])
                .matches(start, limit: limit)
        }
    }

    @Test func `one candidate is inserted, and what several have in common`() {
        #expect(complete("pri").insertion == "nt")
        #expect(complete("x = st").candidates == ["state", "stream", "streams", "string"])
        #expect(complete("stre").insertion == "am")
        #expect(complete("stream").candidates == ["stream", "streams"])
        #expect(complete("nosuch").text(width: 80) == nil)
    }

    @Test func `candidates stand in columns, a screen of them`() {
        #expect(complete("st").text(width: 20) == "\nstate    stream   \nstreams  string   ")
        #expect(complete("st").text(width: 4) == "\nstate    \nstream   \nstreams  \nstring   ")
        let many = (0..<70).map { "name\($0 + 100)x\($0)" }
        let completion = Completion(before: "'name1", words: []) { SortedNames(many).matches($0, limit: $1) }
        let lines = (completion.text(width: 30) ?? "").split(separator: "\n")
        #expect(lines.count == 31 && lines.last == "…" && completion.insertion.isEmpty)
    }

    @Test func `fields come when their table is named`() {
        #expect(complete("string.re").candidates == ["string.rep", "string.reverse"])
        #expect(!complete("s").candidates.contains("string.rep"))
    }

    @Test func `in quotes it is names of the app and the log`() {
        #expect(complete(#"state("ord"#).insertion == "er")
        #expect(complete(#"stream('order-"#).insertion == "1")
        #expect(complete(#"stream('order-1"#).candidates == ["order-1", "order-12"])
        #expect(complete(#"state("order", "pe"#).insertion == "ar")
        #expect(complete(#"f("a\"pe"#).text(width: 80) == nil)
        #expect(complete(#"stream("kunde-Mü"#).insertion == "ller")
        #expect(complete(#"stream("日"#).insertion == "本-東京")
        #expect(complete(#"f("a") .. pri"#).insertion == "nt")
    }
}
