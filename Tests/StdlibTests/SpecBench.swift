import Runtime
import TestSupport

/// An app and specs that stand in the test that uses them.
struct SpecBench {
    let runner: SpecRunner

    /// The specs are the file `rules_spec.lua`.
    init(_ app: AppFixture = "", _ specs: String) throws {
        let file = SpecFile(name: "rules_spec.lua", text: Array(specs.utf8))
        runner = try SpecRunner(scripts: try app.scripts(), files: [file], logger: .quiet)
    }

    /// What each spec failed with; nil where it holds.
    func failures() -> [String?] {
        runner.run().map { $0.failure?.summary }
    }

    /// What a single spec with this body failed with; nil when it holds.
    static func failure(_ app: AppFixture = "", _ body: String) throws -> ScriptFailure? {
        let bench = try SpecBench(app, "spec(\"it\", function()\n\(body)\nend)")
        return bench.runner.run(bench.runner.specs[0]).failure
    }

    /// An aggregate and a handler to hold specs against.
    static let till: AppFixture = """
        aggregate "till" {
          initial = { sum = 0 },
          commands = {
            pay = function(till, args)
              if args.amount < 1 then reject("bad-amount", "at least 1") end
              emit("Paid", { amount = args.amount, at = now() }, { tags = { "cash" } })
            end,
            fail = function() error("broken on purpose") end,
            spoil = function(till) till.sum = 5 end,
          },
          events = { Paid = function(till, e) till.sum = till.sum + e.data.amount end },
        }
        handler "receipt" {
          on = "till.Paid",
          where = function(e) return e.data.amount ~= 13 end,
          run = function(e)
            emit("receipt-" .. e.key, "Printed", { amount = e.data.amount, chance = random(1000) })
            send("till", e.key, "pay", { amount = 1 })
          end,
        }
        schedule "count" { cron = "@daily", run = function(tick)
          send("till", "1", "pay", { amount = tick.time }, { after = "1m" })
          emit("receipt-count", "Counted", { at = now() })
        end }
        handler "second" { on = "*.Paid", run = function(e) command("till", "other", "pay", e.data) end }
        """
}
