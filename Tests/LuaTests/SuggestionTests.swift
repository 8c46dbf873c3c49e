import Testing

@testable import Lua

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("counte", "counter"), ("conuter", "counter"), ("Counter", "counter"),
        ("reserv-stock", "reserve-stock"),
        ("pa", "pay"),
    ])
    func `the nearest name is the one that was meant`(name: String, meant: String) {
        let known = ["order", "counter", "reserve-stock", "pay"]
        #expect(Suggestion.nearest(to: name, among: known) == meant)
        #expect(Suggestion.sentence(for: name, among: known) == "did you mean \"\(meant)\"?")
    }

    @Test func `two swapped letters are one edit, and a limit holds`() {
        #expect(Suggestion.nearest(to: "Palced", among: ["Placed"], within: 1) == "Placed")
        #expect(Suggestion.nearest(to: "Shipped", among: ["Skipped"], within: 1) == "Skipped")
        #expect(Suggestion.nearest(to: "Shipped", among: ["Stopped"], within: 1) == nil)
        #expect(Suggestion.nearest(to: "ba", among: ["ab"]) == "ab")
        #expect(Suggestion.nearest(to: "abc", among: ["cab"], within: 1) == nil)
    }

    @Test func `when no name is near, all are listed, sorted`() {
        #expect(Suggestion.sentence(for: "invoice", among: ["pay", "order"]) == "it declares order, pay")
        #expect(Suggestion.sentence(for: "", among: ["pay", "order"]) == "it declares order, pay")
    }

    @Test func `a list that nobody declared is listed as what there is`() {
        let sentence = Suggestion.sentence(for: "invoice", among: ["pay", "order"], listing: "there are")
        #expect(sentence == "there are order, pay")
    }

    @Test func `a long list is cut`() {
        let known = (10..<40).map { "name\($0)" }
        let sentence = Suggestion.sentence(for: "other", among: known)
        #expect(sentence == "it declares " + known.prefix(12).joined(separator: ", "))
    }

    @Test func `without any name there is nothing to mean`() {
        #expect(Suggestion.nearest(to: "x", among: []) == nil)
        #expect(Suggestion.sentence(for: "x", among: []) == "the app declares none")
    }
}
