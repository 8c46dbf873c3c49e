import Foundation
import Testing

extension Stories {
    /// What was decided is explained, and what other rules would decide is shown: beside a host, and without
    /// one.
    struct ReplayStory {
        private struct WhyAnswer: Decodable, Equatable {
            struct Link: Decodable, Equatable {
                struct Step: Decodable, Equatable {
                    let by: String
                    let place: String?
                }

                let type: String
                let origin: String
                let step: Step?
            }

            let links: [Link]
        }

        private struct DiffAnswer: Decodable {
            struct Decisions: Decodable {
                let changed: Int
                let steps: Int
            }

            let same: Bool
            let decisions: Decisions
        }

        @Test func `an event is explained and a rule compared, by the host and by the folder it leaves`()
            async throws
        {
            let folder = try TemporaryFolder()
            let edited = try Self.edited(in: folder)
            var told: WhyAnswer?
            try await HostProcess.with(in: folder) { host in
                let line = CommandLineClient(host)
                _ = try await line.people("command", "stock", "pear", "restock", #"{"quantity":3}"#)
                for order in 1...3 {
                    let lines = #"{"customer":"ada","lines":[{"sku":"pear","quantity":1,"price":\#(order)}]}"#
                    _ = try await line.people("command", "order", "\(order)", "place", lines)
                }
                try await APIClient(host).settled()
                told = try await line.machine(WhyAnswer.self, "why", "stock-pear@1")
                let text = try await line.people("why", "stock-pear@1")
                #expect(text.contains("app.lua:") || text.contains(".lua:"), "\(text)")
                #expect(text.contains("from outside"), "\(text)")
                let same = try await line.people("diff", Places.ordersApp)
                #expect(same.contains("nothing would change"), "\(same)")
                let run = try await line.run(["diff", edited])
                #expect(run.end == .code(2), "\(run)")
                #expect(run.output.contains("would change"), "\(run)")
                #expect(!run.output.contains("reserve-stock"), "\(run)")
                let lived = try await line.run(["diff", edited, "--recomputed"])
                #expect(lived.end == .code(2), "\(lived)")
                #expect(lived.output.contains("reserve-stock"), "\(lived)")
                let again = try await line.people("diff", Places.ordersApp, "--recomputed")
                #expect(again.contains("nothing would change"), "\(again)")
                #expect(!again.contains("recorded events again"), "\(again)")
            }
            let why = try await CommandLineRun.finish(
                ["why", "stock-pear@1", "--data", folder.path + "/data", "--json"]
            )
            #expect(try why.json(WhyAnswer.self) == told, "\(why)")
            #expect(told?.links.first?.step?.place?.contains(".lua:") == true, "\(why)")
            #expect(told?.links.last?.origin == "command")
            let diff = try await CommandLineRun.finish(
                ["diff", edited, "--data", folder.path + "/data", "--json"]
            )
            #expect(diff.end == .code(2), "\(diff)")
            let answer = try diff.json(DiffAnswer.self)
            #expect(!answer.same && answer.decisions.changed > 0)
            let lived = try await CommandLineRun.finish(
                ["diff", edited, "--recomputed", "--data", folder.path + "/data", "--json"]
            )
            #expect(lived.end == .code(2), "\(lived)")
            // What is reserved for an order says what it costs.
            #expect(try lived.json(DiffAnswer.self).decisions.changed == 2 * answer.decisions.changed)
            let none = try await CommandLineRun.finish(["why", "999", "--data", folder.path + "/data"])
            #expect(none.end == .code(1) && none.errors.contains("unknown-event"), "\(none)")
        }

        /// The example with one price rule changed.
        private static func edited(in folder: TemporaryFolder) throws -> String {
            let app = folder.path + "/edited"
            try FileManager.default.copyItem(atPath: Places.ordersApp, toPath: app)
            let file = app + "/order.lua"
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let dearer = text.replacing(
                "total = total_of(args.lines) }",
                with: "total = total_of(args.lines) + 1 }"
            )
            try dearer.write(toFile: file, atomically: true, encoding: .utf8)
            return app
        }
    }
}
