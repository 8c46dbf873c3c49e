import Runtime
import TestSupport
import Testing

/// Contracts and upcasters in specs: they hold there as they hold in the host.
@Suite struct SpecContractTests {
    private static let app: AppFixture = """
        event "till.Paid" { version = 2, fields = { cents = "integer", lines = "list?" } }
        upcast("till.Paid", 1, function(data, e) return { cents = data.euros * 100, from = e.stream } end)
        aggregate "till" {
          initial = { sum = 0 },
          commands = { pay = function(till, args) emit("Paid", { cents = args.cents }) end },
          events = { Paid = function(till, e) till.sum = till.sum + e.data.cents end },
        }
        handler "copy" {
          on = "till.Paid", run = function(e) emit("copy-" .. e.key, "Copied", e.data) end,
        }
        handler "narrow" {
          on = "till.Paid", fields = { "cents" },
          run = function(e) emit("narrow-" .. e.key, "Copied", e.data) end,
        }
        """

    @Test(arguments: [
        #"given("till-1", { "Paid", { euros = 3 }, schema = 1 }, { "Paid", { cents = 5 } }) "#
            + #"expect.state("till-1", { sum = 305 })"#,
        #"given("till-1", { "Paid", { euros = 3 }, schema = 1 }) when("till-1", "pay", { cents = 5 }) "#
            + #"expect("till-1", { "Paid", { cents = 5 } }) expect.state("till-1", { sum = 305 })"#,
        #"when("till-1", { "Paid", { euros = 3 }, schema = 1 }) "#
            + #"expect("copy-1", { "Copied", { cents = 300, from = "till-1" } }) "#
            + #"expect("narrow-1", { "Copied", { cents = 300 } })"#,
        #"when("till-1", { "Paid", { cents = 3, lines = {} }, schema = 2 }) "#
            + #"expect("copy-1", { "Copied", { cents = 3, lines = json.array {} } })"#,
    ])
    func `a spec gives data of any version`(body: String) throws {
        #expect(try SpecBench.failure(Self.app, body)?.text == nil)
    }

    @Test(arguments: [
        (
            #"given("till-1", { "Paid", { cents = "3" } })"#,
            "till.Paid: cents must be an integer, it is a string"
        ),
        (
            #"when("till-1", { "Paid", { cent = 3 } })"#,
            #"till.Paid: cent is no field of it; did you mean "cents"?"#
        ),
        (
            #"given("till-1", { "Paid", {}, schema = "1" })"#,
            "given needs schema to be a version, an integer from 1"
        ),
    ])
    func `what breaks a contract is blamed on the line of the spec`(line: String, summary: String) throws {
        let failure = try #require(try SpecBench.failure(Self.app, "\n" + line))
        #expect(failure.summary == summary, "\(failure.text)")
        #expect(failure.file == "rules_spec.lua", "\(failure.text)")
        #expect(failure.line == 3, "\(failure.text)")
    }

    @Test(arguments: [
        (#"when("till-1", "pay", { cents = 0.5 })"#, "till.Paid: cents must be an integer, it is a float"),
        (#"given("till-1", { "Paid", {}, schema = 1 }) when("till-1", "pay", { cents = 5 })"#, "euros"),
        (
            #"when("till-1", { "Paid", {}, schema = 3 })"#,
            "till.Paid was recorded with version 3 of its data; these scripts know version 2"
        ),
    ])
    func `a step that breaks one fails the spec`(body: String, text: String) throws {
        let failure = try SpecBench.failure(Self.app, body)
        #expect(failure?.summary.contains(text) == true, "\(failure?.text ?? "it holds")")
    }
}
