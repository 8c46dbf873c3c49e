import Foundation
import Stdlib
import TestSupport
import Testing

@testable import Runtime

/// Doc comments as help and as tests.
@Suite struct WordTests {
    @Test func `a word is explained by its comment and its declaration`() throws {
        let entry = try Words.entry("list.sort_by")
        let text = """
            list.sort_by(items, f, direction)
              In ascending order of what `f` gives, or of the elements; equal ones keep their order.
              `"descending"` turns the order round. Numbers, or texts by their bytes.

              > list.sort_by({ "pear", "fig", "kiwi" }, function(name) return #name end)
              { "fig", "pear", "kiwi" }

              > list.sort_by({ 2, 3, 1 }, nil, "descending")
              { 3, 2, 1 }
            """
        #expect(entry.text == text)
    }

    @Test(arguments: [
        ("emit", "emit(...)"), ("schedule", "schedule \"name\" { … }"),
        ("aggregate", "aggregate \"name\" { … }"), ("log.info", "log.info(...)"),
        ("when", "when(stream, what, args)"), ("expect", "expect(stream, ...)"),
        ("expect.refused", "expect.refused(code)"), ("json.pretty", "json.pretty(value)"),
        ("money", "local money = require \"money\""),
    ])
    func `each kind of word has its entry`(name: String, signature: String) throws {
        #expect(try Words.entry(name).signature == signature)
    }

    @Test func `the page on scripts names every module`() throws {
        let page = try Self.page("ScriptAPI")
        for module in ShippedSpecs.modules { #expect(page.contains("\n| `\(module)` |"), "\(module)") }
    }

    @Test func `the page on testing names every word of specs`() throws {
        let page = try Self.page("Testing")
        let words = Words.all.map(\.name).filter { name in
            ["given", "when", "expect"].contains { name.hasPrefix($0) } && name != "expect.blame"
        }
        #expect(words.count > 15)
        for word in words { #expect(page.contains("`\(word)("), "\(word)") }
    }

    private static func page(_ name: String) throws -> String {
        let path = "Sources/Runtime/Runtime.docc/\(name).md"
        return try String(contentsOf: ShippedSpecs.root.appending(path: path), encoding: .utf8)
    }

    @Test func `a word that isn't known is answered with the nearest`() {
        let error = #expect(throws: RuntimeError.self) { try Words.entry("list.summ") }
        #expect(error?.code == "unknown-word")
        #expect(error?.hint == "did you mean \"list.sum\"?")
        let lost = #expect(throws: RuntimeError.self) { try Words.entry("what-is-this") }
        #expect(lost?.hint == "`perilune words` lists them")
    }

    /// What the library returns is what scripts can call, so its own `pairs` is asked.
    @Test(arguments: StandardLibrary.modules.map(\.name))
    func `every function of a module is documented, in a sentence`(module: String) throws {
        let names = Words.all.filter { $0.name.hasPrefix(module + ".") }.map { "\"\($0.name)\"" }
        let body = """
            local known = {}
            for _, name in ipairs { \(names.joined(separator: ", ")) } do known[name] = true end
            for name, value in pairs(require "\(module)") do
              local is_own = type(value) == "function" and json[name] ~= value
              if is_own and not known["\(module)." .. name] then
                error("\(module)." .. name .. " has no doc comment")
              end
            end
            """
        #expect(try SpecBench.failure("", body)?.text == nil)
        for entry in Words.all where entry.name == module || entry.name.hasPrefix(module + ".") {
            #expect(entry.summary.last == ".", "\(entry.name): \(entry.summary)")
        }
    }

    @Test(arguments: [
        ("{ 10, 20, 31 }", "is 30, it should be 31"), ("", "unexpected symbol"),
        ("error: no", "no error was raised"),
    ])
    func `an example that isn't true fails`(expected: String, summary: String) throws {
        let text = """
            --- A module.

            local tens = {}

            --- Ten times each.
            --- Example:
            --- > { 10, 20, 30 }
            --- \(expected)
            function tens.all() end
            """
        let entry = try #require(DocComments(Array(text.utf8), module: "tens").entries.last)
        #expect(entry.name == "tens.all")
        #expect(entry.examples == [Doctest(code: ["{ 10, 20, 30 }"], expected: expected, line: 7)])
        let body = Words.spec("tens.all", entry.examples[0])
        let failure: ScriptFailure?
        do {
            failure = try SpecBench("", body).runner.run().first?.failure
        } catch RuntimeError.script(let syntax) {
            failure = syntax
        }
        #expect(failure?.summary.contains(summary) == true, "\(failure?.text ?? "it holds")")
    }
}
