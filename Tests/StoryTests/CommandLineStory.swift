import Foundation
import Testing

extension Stories {
    /// Each command of the command line as a process against a running host: what people read, what machines
    /// parse, and the exit codes.
    struct CommandLineStory {
        @Test func `commands, appends and reads say what they did, to people and to machines`() async throws {
            try await HostProcess.with { host in
                let line = CommandLineClient(host)
                let order = #"{"customer":"ada","lines":[{"sku":"teapot","quantity":2,"price":1950}]}"#
                let people = try await line.people(
                    "command",
                    "stock",
                    "teapot",
                    "restock",
                    #"{"quantity":10}"#
                )
                #expect(people.contains("accepted at position") && people.contains("StockAdded"))

                let placed = try await line.machine(
                    CommandAnswer.self,
                    "command",
                    "order",
                    "1",
                    "place",
                    order,
                    "--key",
                    "a"
                )
                let repeated = try await line.machine(
                    CommandAnswer.self,
                    "command",
                    "order",
                    "1",
                    "place",
                    order,
                    "--key",
                    "a"
                )
                #expect(placed == repeated && placed.events.map(\.type) == ["OrderPlaced"])

                let received = try await line.people(
                    "append",
                    "payment-1",
                    "PaymentReceived",
                    #"{"amount":3900}"#
                )
                #expect(received.contains("appended at position") && received.contains("revision 0"))
                let appended = try await line.machine(
                    AppendAnswer.self,
                    "append",
                    "note-1",
                    "Noted",
                    "--expected",
                    "none"
                )
                #expect(appended.revision == 0)
                try await APIClient(host).settled()

                try await checkReads(line, end: try await APIClient(host).lastPosition())
            }
        }

        private func checkReads(_ line: CommandLineClient, end: Int) async throws {
            let after = ["--after", "\(end)"]
            let row = try await line.people(["query", "order-summary", "order=1"] + after)
            for word in ["ada", "paid", "3900"] { #expect(row.contains(word), "\(row)") }
            let rows = try await line.people(["query", "orders-by-status"] + after)
            #expect(rows.contains("STATUS") && rows.contains("paid"), "\(rows)")
            let answer = try await line.machine(
                QueryAnswer<OrderRow>.self,
                ["query", "order-summary", "order=1"] + after
            )
            #expect(answer.result == OrderRow(order: "1", customer: "ada", status: "paid", total: 3_900))

            let state = try await line.people("state", "order", "1")
            #expect(state.contains("revision 2") && state.contains(#""status": "paid""#), "\(state)")
            let past = try await line.machine(StateOfOrder.self, "state", "order", "1", "--at", "1")
            #expect(past.state.status == "new" && past.revision == nil)

            let events = try await line.people("events", "--category", "order")
            for word in ["order-1@0", "OrderPlaced", "OrderReserved", "OrderPaid"] {
                #expect(events.contains(word))
            }
            let json = try await line.run(["events", "--stream", "order-1", "--json"])
            let types = try json.lines(StoredEvent.self).map(\.type)
            #expect(types == ["OrderPlaced", "OrderReserved", "OrderPaid"])

            let processors = try await line.people("processors")
            for word in ["reserve-stock", "settle-order", "order-summary", "running"] {
                #expect(processors.contains(word), "\(processors)")
            }
            let list = try await line.machine(ProcessorAnswer.List.self, "processors")
            #expect(list.processors.allSatisfy { $0.state == "running" && $0.lagEvents == 0 })
            #expect(try await line.machine(ParkedAnswer.List.self, "parked").parked.isEmpty)
        }

        @Test func `exit codes tell a refusal, a missing host and a wrong command line apart`() async throws {
            try await HostProcess.with { host in
                let line = CommandLineClient(host)
                let refused = try await line.run(["command", "order", "1", "pay", #"{"amount":1}"#])
                #expect(refused.end == .code(2))
                #expect(refused.errors.contains("unknown-order") && refused.output.isEmpty, "\(refused)")
                let document = try await line.run([
                    "command", "order", "1", "pay", #"{"amount":1}"#, "--json",
                ])
                #expect(document.end == .code(2))
                let problem = try JSONDecoder().decode(ProblemAnswer.self, from: Data(document.errors.utf8))
                #expect(problem.code == "unknown-order")

                let stale = try await line.run(["append", "note-1", "Noted", "--expected", "3"])
                #expect(stale.end == .code(2) && stale.errors.contains("wrong-expected-revision"), "\(stale)")
                let unknown = try await line.run(["query", "order-sumary"])
                #expect(unknown.end == .code(1), "\(unknown)")
                #expect(unknown.errors.contains("unknown-query") && unknown.errors.contains("order-summary"))
                #expect(try await line.run(["skip", "999"]).end == .code(1))
                for wrong in [
                    ["frobnicate"], ["append", "note-1"], ["state", "order", "1", "--at", "now"],
                    ["append", "note-1", "Noted", "{"], ["query", "order-summary", "order"],
                    ["retry", "first"],
                ] {
                    let run = try await line.run(wrong)
                    #expect(run.end == .code(64) && !run.errors.isEmpty, "\(run)")
                }

                try await host.kill()
                for command in [
                    ["events"], ["tail"], ["append", "note-1", "Noted"], ["command", "order", "1", "place"],
                    ["query", "orders-by-status"], ["state", "order", "1"], ["processors"], ["parked"],
                    ["skip", "1"],
                ] {
                    let run = try await line.run(command)
                    #expect(run.end == .code(69), "\(run)")
                    #expect(
                        run.errors.contains("host-unreachable") && run.errors.contains(host.url),
                        "\(run)"
                    )
                }
            }
        }

        @Test func `parked events are shown, retried and skipped`() async throws {
            let folder = try TemporaryFolder()
            try folder.write(
                "app/app.lua",
                """
                handler "answers" {
                  on = "thing.Asked",
                  retry = { attempts = 2, first = "1ms" },
                  run = function(e)
                    if e.data.bad then error("the printer is on fire") end
                    emit("answer-" .. e.key, "Answered", {})
                  end,
                }
                """
            )
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let line = CommandLineClient(host)
                let client = APIClient(host)
                for key in ["a", "b"] {
                    try await client.append("Asked", to: "thing-\(key)", #"{"bad":true}"#)
                }
                try await Waiting.until("both to be parked") { try await client.parked().count == 2 }
                let positions = try await client.parked().map(\.position)

                let shown = try await line.people("parked")
                for word in [
                    "answers", "thing-a", "thing-b", "script-error", "the printer is on fire", "app.lua:5",
                ] {
                    #expect(shown.contains(word), "\(shown)")
                }
                let list = try await line.machine(ParkedAnswer.List.self, "parked")
                #expect(list.parked.map(\.position) == positions)
                #expect(try await line.people("processors").contains("the printer is on fire"))

                let failed = try await line.run(["retry", "\(positions[0])"])
                #expect(failed.end == .code(1), "\(failed)")
                #expect((failed.output + failed.errors).contains("failed again"), "\(failed)")
                let mended = try await line.people("retry", "\(positions[0])", "--data", #"{"bad":false}"#)
                #expect(mended.contains("retried \(positions[0])"))
                let skipped = try await line.machine(RepairAnswer.self, "skip", "\(positions[1])")
                #expect(skipped.skipped == [positions[1]])
                #expect(try await client.parked().isEmpty)
                #expect(
                    try await client.events().filter { $0.type == "Answered" }.map(\.stream) == ["answer-a"]
                )
            }
        }

        @Test func `tail catches up, follows live through a crash of the host, and ends with Ctrl-C`()
            async throws
        {
            try await HostProcess.with { host in
                let client = APIClient(host)
                try await client.append("Noted", to: "note-1")
                let tail = try CommandLineClient(host).start(["tail", "--from", "1", "--category", "note"])
                try await shows("note-1@0", tail)
                try await client.append("Noted", to: "note-1")
                try await client.append("Asked", to: "thing-1")
                try await shows("note-1@1", tail)
                try await host.kill()
                try await host.start()
                try await client.append("Noted", to: "note-1")
                try await shows("note-1@2", tail)

                await tail.process.send(SIGINT)
                let run = try await tail.finish()
                #expect(run.end == .code(0))
                let shown = run.output.split(separator: "\n")
                #expect(shown.count == 3 && shown.allSatisfy { $0.contains("note-1@") }, "each once: \(run)")
            }
        }

        @Test func `tail shows only what comes from now on, as JSON too`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                let before = try await client.append("Noted", to: "note-1").position
                let tail = try CommandLineClient(host).start(["tail", "--json"])
                try await Waiting.until("tail to show an event") {
                    try await client.append("Noted", to: "note-1")
                    return tail.output.contains("\n")
                }
                await tail.process.send(SIGINT)
                let run = try await tail.finish()
                #expect(run.end == .code(0))
                let events = try run.lines(StoredEvent.self)
                #expect(events.allSatisfy { $0.position > before && $0.type == "Noted" }, "\(run)")
            }
        }

        private func shows(_ text: String, _ tail: StartedCommand) async throws {
            try await Waiting.until("tail to show \(text)") {
                if let end = await tail.process.poll() {
                    throw StoryFailure("tail ended: \(end), \(tail.errors)")
                }
                return tail.output.contains(text)
            }
        }
    }
}

/// The answer of `state` for an order.
private struct StateOfOrder: Decodable {
    struct State: Decodable {
        let status: String
    }

    let state: State
    let revision: Int?
}
