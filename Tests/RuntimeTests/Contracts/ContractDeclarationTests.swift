import Runtime
import TestSupport
import Testing

/// What can be wrong with a declaration of a contract or an upcaster, told when the app is loaded.
@Suite struct ContractDeclarationTests {
    private func failure(_ text: String) async throws -> ScriptFailure? {
        do {
            try await withHost(AppFixture(text)) { _ in }
            return nil
        } catch RuntimeError.script(let failure) {
            return failure
        }
    }

    @Test(arguments: [
        (#"event "A" (5)"#, #"event "A" needs a table: event "name" { ... }"#),
        (#"event "A" { field = {} }"#, #"event "A" has no field field; did you mean "fields"?"#),
        (
            #"event "A" { fields = { n = "int" } }"#,
            #"event "A": n is declared as "int"; there are any, boolean, integer, list, number"#
        ),
        (
            #"event "A" { fields = { n = "integr" } }"#,
            #"event "A": n is declared as "integr"; did you mean "integer"?"#
        ),
        (
            #"event "A" { fields = { n = 5 } }"#,
            #"event "A": n needs a kind such as "string", it has a number"#
        ),
        (#"event "A" { fields = { "string" } }"#, #"event "A": fields needs names, it has 1"#),
        (#"event "A" { fields = { n = { "string", "string" } } }"#, #"event "A": n is a list of one kind"#),
        (#"event "A" { fields = { n = { { m = "x" } } } }"#, #"event "A": n[].m is declared as "x""#),
        (#"event "A" { fields = { n = "any", ["n?"] = "any" } }"#, #"event "A": n is declared twice"#),
        (#"event "A" { version = 0 }"#, #"event "A" needs version to be an integer from 1, it is 0"#),
        (#"event "A" { version = 1.5 }"#, #"event "A" needs version to be an integer from 1, it is 1.5"#),
        (#"event "a.b.C" {}"#, #"event "a.b.C" is no event; write "Type" or "category.Type""#),
        (#"event "a-1.C" {}"#, #"event "a-1.C" is no event; write "Type" or "category.Type""#),
        (#"event "$sent.C" {}"#, "event needs a name of letters"),
        (#"event "A" {} event "A" {}"#, #"event "A" is declared twice"#),
        (#"event "A" {} event "a.A" {}"#, #"event "a.A" is declared both with a category and without"#),
        (
            #"event "A" { version = 2 }"#,
            #"event "A" has version 2, and nothing leads to it from version 1; declare upcast("A", "#
        ),
        (
            #"event "A" {} upcast("A", 1, function() end)"#,
            #"upcast "A" leads to version 2, but the event is declared with version 1"#
        ),
        (
            #"upcast("A", 2, function() end)"#,
            #"event "A" has version 3, and nothing leads to it from version 1"#
        ),
        (
            #"upcast("A", 1, function() end) upcast("A", 1, function() end)"#,
            #"upcast "A" from version 1 is declared twice"#
        ),
        (
            #"upcast("A", "1", function() end)"#,
            "upcast needs the version that it starts from, an integer from 1"
        ),
        (#"upcast("A", 1)"#, #"upcast needs a function: upcast("A", 1, function(data) … return data end)"#),
        (#"upcast(5, 1, function() end)"#, "the event must be a text"),
    ])
    func `a wrong declaration is named with its line`(text: String, summary: String) async throws {
        let failure = try #require(try await failure("-- line 1\n\n\(text)"))
        #expect(failure.summary.hasPrefix(summary), "\(failure.text)")
        #expect(failure.file == "app.lua", "\(failure.text)")
        #expect(failure.line == 3, "\(failure.text)")
    }

    @Test func `fields that are nested without end are refused`() async throws {
        let failure = try #require(try await failure("local f = {} f.f = f event \"A\" { fields = f }"))
        #expect(failure.summary.contains("is nested deeper than 16 levels"), "\(failure.text)")
    }
}
