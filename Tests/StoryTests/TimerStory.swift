import Testing

extension Stories {
    /// A timer is a promise to the future: it outlives the process, and it is kept once.
    struct TimerStory {
        private static let app = """
            aggregate "reminder" {
              commands = { show = function(_, args) emit("Shown", { n = args.n }) end },
            }
            handler "remind" {
              on = "note.Noted",
              run = function(e)
                send("reminder", e.key, "show", { n = e.data.n }, { after = e.data.after })
              end,
            }
            schedule "yearly" { cron = "0 0 1 1 *", zone = "Australia/Lord_Howe", run = function() end }
            """

        @Test func `a timer that waits through a kill fires once, and so does one that fell due meanwhile`()
            async throws
        {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app)
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                try await client.append("Noted", to: "note-soon", #"{"n":1,"after":"3s"}"#)
                try await client.append("Noted", to: "note-late", #"{"n":2,"after":"30d"}"#)
                try await Waiting.until("both timers to wait") { try await timers(client).count >= 2 }
                try await host.kill()
                try await host.start()
                try await Waiting.until("the first timer's command") { try await shown(client) == ["soon"] }
                try await client.settled()
                for _ in 0..<2 {
                    try await host.kill()
                    try await host.start()
                    try await client.settled()
                    #expect(try await shown(client) == ["soon"])
                    #expect(try await timers(client) == ["TimerSet", "TimerSet", "TimerFired"])
                }
                let processors = try await client.processors()
                let waiting = try #require(processors.first { $0.name == "$timers" })
                #expect(waiting.waitingTimers == 1)
                #expect(waiting.nextDue != nil)
                #expect(
                    processors.contains { $0.name == "yearly" && $0.kind == "schedule" && $0.nextDue != nil }
                )
            }
        }

        private func timers(_ client: APIClient) async throws -> [String] {
            try await client.events().filter { $0.category == "$timer" }.map(\.type)
        }

        private func shown(_ client: APIClient) async throws -> [String] {
            try await client.events().filter { $0.type == "Shown" }.map(\.key)
        }
    }
}
