import Foundation
import Testing

extension Stories {
    /// An app's specs, run from the command line as a writer of rules runs them.
    struct SpecStory {
        private struct Report: Decodable {
            struct Spec: Decodable {
                let name: String
                let file: String
                let line: Int
                let holds: Bool
                let failure: String?
            }

            let specs: [Spec]
        }

        private static let app = """
            aggregate "box" {
              initial = { open = false },
              commands = { open = function(box) if box.open then reject("open") end emit("Opened") end },
              events = { Opened = function(box) box.open = true end },
            }
            """

        private static let specs = """
            spec("a box opens", function()
              when("box-1", "open")
              expect("box-1", { "Opened" })
            end)
            spec("a box opens twice <&>", function()
              given("box-1", { "Opened" })
              when("box-1", "open")
              expect("box-1", { "Opened" })
            end)
            """

        @Test func `the specs of the example hold`() async throws {
            let run = try await CommandLineRun.finish(["test", Places.ordersApp])
            #expect(run.end == .code(0), "\(run)")
            #expect(run.output.contains(" specs: all hold ("), "\(run)")
        }

        @Test func `a new app has specs that hold, in a folder that held nothing`() async throws {
            let folder = try TemporaryFolder()
            let made = try await CommandLineRun.finish(["init", folder.path + "/first"])
            #expect(made.end == .code(0), "\(made)")
            let run = try await CommandLineRun.finish(["test", folder.path + "/first"])
            #expect(run.end == .code(0) && run.output.contains("\n5 specs: all hold ("), "\(run)")

            let rule = folder.path + "/first/app.lua"
            try folder.write(
                "first/app.lua",
                TemporaryFolder.text(of: rule).replacing("> 100", with: "> 1000")
            )
            let broken = try await CommandLineRun.finish(["test", folder.path + "/first"])
            #expect(broken.end == .code(1), "\(broken)")

            let again = try await CommandLineRun.finish(["init", folder.path + "/first"])
            #expect(again.end == .code(1) && again.errors.contains("isn't empty"), "\(again)")
            #expect(TemporaryFolder.text(of: rule).contains("> 1000"))
        }

        @Test func `a spec that doesn't hold is told at its line, to all who ask`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("box/app.lua", Self.app)
            try folder.write("box/box_spec.lua", Self.specs)
            let app = folder.path + "/box"

            let people = try await CommandLineRun.finish(["test", app])
            #expect(people.end == .code(1), "\(people)")
            #expect(people.output.contains("ok    a box opens\n"), "\(people)")
            #expect(people.output.contains("FAIL  a box opens twice <&> (box_spec.lua:5)"), "\(people)")
            #expect(people.output.contains("> 8 |   expect(\"box-1\", { \"Opened\" })"), "\(people)")
            #expect(people.output.contains("\n2 specs: 1 hold, 1 fails ("), "\(people)")

            let machine = try await CommandLineRun.finish(["test", app, "--json"])
            let report = try machine.json(Report.self)
            #expect(machine.end == .code(1))
            #expect(report.specs.map(\.holds) == [true, false])
            #expect(report.specs.map(\.line) == [1, 5])
            #expect(report.specs.map { $0.failure != nil } == [false, true])

            let junit = folder.path + "/junit.xml"
            _ = try await CommandLineRun.finish(["test", app, "--junit", junit])
            let text = TemporaryFolder.text(of: junit)
            #expect(text.contains(#"tests="2" failures="1" errors="0" skipped="0" time=""#), "\(text)")
            #expect(text.contains("name=\"a box opens twice &lt;&amp;&gt;\""), "\(text)")

            let one = try await CommandLineRun.finish(["test", app, "--filter", "twice"])
            #expect(one.output.contains("\n1 of 2 specs: 0 hold, 1 fails ("), "\(one)")
            let none = try await CommandLineRun.finish(["test", app, "--only", "no such"])
            #expect(none.end == .code(1))
            #expect(none.errors.hasPrefix("no-specs: none of the 2 specs has \"no such\" in it"), "\(none)")
        }
    }
}
