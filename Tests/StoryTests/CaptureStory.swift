import Foundation
import Testing

extension Stories {
    /// What happened to a running host becomes a spec: capture, fixture, test.
    struct CaptureStory {
        private static let specs = """
            spec("what happened to ada", function()
              given.fixture("fixtures/ada.json")
              when("payment-1", "receive", { amount = 500 })
              when.settled()
              expect("order-1", { "OrderPaid", { amount = 500 } })
              expect.query("order-summary", { order = "1" },
                { order = "1", customer = "customer-1", status = "paid", total = 500 })
            end)
            """

        @Test func `events of a host are captured, redacted, and go on in a spec`() async throws {
            let folder = try TemporaryFolder()
            let app = folder.path + "/app"
            try FileManager.default.copyItem(atPath: Places.ordersApp, toPath: app)
            let fixture = app + "/fixtures/ada.json"
            try folder.write("app/ada_spec.lua", Self.specs)
            try await HostProcess.with(app: app, in: folder) { host in
                let client = APIClient(host)
                _ = try await client.command("stock/tea/restock", #"{"quantity":5}"#, key: "a")
                let lines = #"{"customer":"ada","lines":[{"sku":"tea","quantity":2,"price":250}]}"#
                _ = try await client.command("order/1/place", lines, key: "b")
                try await client.settled()

                let live = ["capture", "1..", "--url", host.url]
                let captured = try await CommandLineRun.finish(live + ["--redact", "customer"])
                #expect(captured.end == .code(0), "\(captured)")
                #expect(captured.output.contains(#""customer":"customer-1""#), "\(captured)")
                #expect(
                    !captured.output.contains("ada") && !captured.output.contains("$command"),
                    "\(captured)"
                )
                #expect(captured.errors == "captured 4 events of 2 streams\n", "\(captured)")
                try folder.write("app/fixtures/ada.json", captured.output)

                let misspelt = try await CommandLineRun.finish(live + ["--redact", "custmer"])
                #expect(misspelt.end == .code(1) && misspelt.output.isEmpty, "\(misspelt)")
                #expect(misspelt.errors.hasPrefix("nothing-redacted: no event has a member custmer"))

                let one = try await CommandLineRun.finish(live + ["--stream", "stock-tea", "--json"])
                #expect(one.errors == "captured 2 events of 1 stream\n", "\(one)")

                // Specs are run before scripts go live, and their fixtures go with them.
                let more = "\nhandler \"more\" { on = \"stock.StockAdded\", run = function() end }\n"
                try folder.write("app/app.lua", TemporaryFolder.text(of: app + "/app.lua") + more)
                let published = try await CommandLineRun.finish(["publish", app, "--url", host.url])
                #expect(published.end == .code(0), "\(published)")

                // The same from the folder, while a host has it and when none does.
                let still = ["capture", "1..", "--data", host.data, "--redact", "customer"]
                for isRunning in [true, false] {
                    if !isRunning { try await host.kill() }
                    let same = try await CommandLineRun.finish(still)
                    #expect(same.output == captured.output, "\(same)")
                }
            }
            let tested = try await CommandLineRun.finish(["test", app, "--filter", "to ada"])
            #expect(tested.end == .code(0) && tested.output.contains("spec"), "\(tested)")

            let text = TemporaryFolder.text(of: fixture)
            try folder.write("app/fixtures/ada.json", text.replacing(#""total":500"#, with: #""total":501"#))
            let broken = try await CommandLineRun.finish(["test", app, "--filter", "to ada"])
            #expect(broken.end == .code(1), "\(broken)")
        }

        @Test func `a folder without a log is left alone`() async throws {
            let folder = try TemporaryFolder()
            let run = try await CommandLineRun.finish(["capture", "1..", "--data", folder.path])
            #expect(run.end == .code(1) && run.errors.hasPrefix("no-log: "), "\(run)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
            let range = try await CommandLineRun.finish(["capture", "9..1", "--data", folder.path])
            #expect(range.end == .code(64), "\(range)")
        }
    }
}
