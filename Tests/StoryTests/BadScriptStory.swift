import Testing

extension Stories {
    /// A script that fails is loud and local: it names itself, holds up its own key only, and never the host.
    struct BadScriptStory {
        @Test(arguments: cases)
        func `a failing handler is parked with its own code, and all else goes on`(bad: Case) async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", app(bad.deed))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                let first = try await client.append("Asked", to: "thing-a", #"{"bad":true}"#).position
                let second = try await client.append("Asked", to: "thing-a").position
                try await client.append("Asked", to: "thing-b")
                try await Waiting.until("both events of the key to be parked") {
                    try await client.parked().count == 2
                }
                try await client.settled()

                try await checkFailure(bad, first, behindIt: second, on: client)
                #expect(try await answered(by: client) == ["thing-b": 1], "the other key goes on")
                #expect(
                    try await noted(by: client) == ["thing-a": 2, "thing-b": 1],
                    "the other handler goes on"
                )
                #expect(try await client.lastPosition() > 0, "the host lives on")

                let repair: RepairAnswer = try await client.expect(200, .post("/parked/\(first)/skip"))
                #expect(repair.skipped == [first] && repair.retried == [second])
                #expect(try await client.parked().isEmpty)
                #expect(try await answered(by: client) == ["thing-a": 1, "thing-b": 1], "the key is free")
                let again: ProblemAnswer = try await client.expect(404, .post("/parked/\(first)/skip"))
                #expect(again.code == "unknown-parked")
            }
        }

        @Test func `what is parked outlives a kill, and can be retried with other data`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", app(#"error("the printer is on fire")"#))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                let bad = try await client.append("Asked", to: "thing-a", #"{"bad":true}"#).position
                try await Waiting.until("the event to be parked") { try await client.parked().count == 1 }
                try await host.kill()
                try await host.start()
                let parked = try #require(try await client.parked().first)
                #expect(parked.position == bad && parked.attempts == 2)

                let failed: RepairAnswer = try await client.expect(200, .post("/parked/\(bad)/retry"))
                #expect(failed.retried == [])
                let mended: RepairAnswer = try await client.expect(
                    200,
                    .post("/parked/\(bad)/retry", #"{"data":{"bad":false}}"#)
                )
                #expect(mended.retried == [bad])
                #expect(try await client.parked().isEmpty)
                #expect(try await answered(by: client) == ["thing-a": 1])
                try await host.kill()
                try await host.start()
                try await client.settled()
                #expect(try await client.parked().isEmpty)
                #expect(try await answered(by: client) == ["thing-a": 1])
            }
        }

        @Test func `a handler that is to stop on failure stops alone, says so, and goes on when resumed`()
            async throws
        {
            let folder = try TemporaryFolder()
            try folder.write(
                "app/app.lua",
                app(
                    #"error("the printer is on fire")"#,
                    settings: #"on_failure = "stop", retry = { attempts = 1 },"#
                )
            )
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                try await client.append("Asked", to: "thing-a", #"{"bad":true}"#)
                try await client.append("Asked", to: "thing-b")
                try await Waiting.until("the handler to stop") {
                    try await client.processors().contains { $0.name == "answers" && $0.state == "stopped" }
                }
                try await Waiting.until("the other handler to go on") {
                    try await noted(by: client) == ["thing-a": 1, "thing-b": 1]
                }
                #expect(try await client.parked().isEmpty)
                let resumed: ProcessorAnswer = try await client.expect(
                    200,
                    .post("/processors/answers/resume")
                )
                #expect(resumed.state != "stopped" && resumed.lastFailure?.code == "script-error")
                try await Waiting.until("the handler to stop again") {
                    try await client.processors().contains { $0.name == "answers" && $0.state == "stopped" }
                }
            }
        }

        @Test
        func `a command that fails is answered with what, where and what to do, and the next one is served`()
            async throws
        {
            let folder = try TemporaryFolder()
            try folder.write(
                "app/app.lua",
                """
                aggregate "thing" {
                  commands = {
                    spin = function() while true do end end,
                    grow = function() local s = string.rep("x", 1 << 30) end,
                    fail = function() emit("Moved", {}) error("the printer is on fire") end,
                    move = function() emit("Moved", {}) end,
                  },
                }
                """
            )
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                for (line, command, code) in [
                    (3, "spin", "script-instruction-limit"), (4, "grow", "script-memory-limit"),
                    (5, "fail", "script-error"),
                ] {
                    let response = try await client.answer(
                        .post("/commands/thing/a/\(command)", "{}", key: command)
                    )
                    let problem = try response.json(ProblemAnswer.self)
                    #expect(
                        problem.status == 500 && problem.code == code && !problem.hint.isEmpty,
                        "\(response)"
                    )
                    #expect(response.text.contains("app.lua:\(line)"), "\(response)")
                }
                let end = try await client.lastPosition()
                #expect(end == Stories.framesOfNewScripts, "a killed step leaves no trace")
                _ = try await client.command("thing/a/move", "{}", key: "move")
                #expect(try await client.events().count { $0.type == "Moved" } == 1)
            }
        }

        @Test(arguments: [
            Mistake(
                "handler \"a\" {\n  on = \"thing.Asked\"\n  run = function(e) end,\n}\n",
                3,
                under: "run"
            ),
            Mistake("\nlocal a = nil\nprint(a.b)\n", 3, under: "a"),
            Mistake("\nhandler \"a\" { on = \"thing.Asked\", runs = 1 }\n", 2),
        ])
        func `an app that can't be loaded names its place, and nothing listens`(
            mistake: Mistake
        ) async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", "require \"rules\"\n")
            try folder.write("app/rules.lua", mistake.script)
            let host = try HostProcess(app: folder.path + "/app", folder: folder)
            let run = try await CommandLineRun.finish(host.arguments)
            #expect(run.end == .code(1), "\(run)")
            #expect(run.errors.contains("rules.lua:\(mistake.line): "), "it names file and line: \(run)")
            #expect(run.errors.contains("\n> \(mistake.line) | "), "it shows the line: \(run)")
            if let word = mistake.word {
                let carets = " " + String(repeating: "^", count: word.count) + "\n"
                #expect(run.errors.contains(carets), "it points at the place: \(run)")
            }
            await #expect(throws: ConnectionFailure.self) {
                try await HTTPClient(port: host.port).send(.get("/healthz"))
            }
        }

        private func checkFailure(
            _ bad: Case,
            _ first: Int,
            behindIt second: Int,
            on client: APIClient
        ) async throws {
            let parked = try await client.parked()
            #expect(parked.map(\.position) == [first, second])
            #expect(parked.allSatisfy { $0.processor == "answers" && $0.stream == "thing-a" })
            let failed = try #require(parked.first)
            #expect(failed.attempts == 2 && failed.behind == nil)
            let failure = try #require(failed.failure)
            #expect(failure.code == bad.code, "\(failure)")
            #expect(failure.text.contains(bad.says), "\(failure)")
            #expect(failure.text.contains("app.lua:6") && failure.line == 6, "\(failure)")
            #expect(!failure.hint.isEmpty && failure.context.contains("position \(first)"), "\(failure)")
            let waiting = try #require(parked.last)
            #expect(waiting.behind == first && waiting.attempts == 0)

            let processors = try await client.processors()
            let handler = try #require(processors.first { $0.name == "answers" })
            #expect(handler.state == "running" && handler.parked == 2)
            #expect(handler.lastFailure?.code == bad.code)
            let other = try #require(processors.first { $0.name == "notes" })
            #expect(other.state == "running" && other.parked == 0 && other.lastFailure == nil)
        }

        /// Events by what they answer, `thing-a: 1`.
        private func answered(by client: APIClient) async throws -> [String: Int] {
            try await count("answer", on: client)
        }

        private func noted(by client: APIClient) async throws -> [String: Int] {
            try await count("note", on: client)
        }

        private func count(_ category: String, on client: APIClient) async throws -> [String: Int] {
            let events = try await client.events().filter { $0.category == category }
            return Dictionary(grouping: events) { "thing-" + $0.key }.mapValues(\.count)
        }
    }
}
