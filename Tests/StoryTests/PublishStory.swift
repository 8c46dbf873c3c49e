import Foundation
import Testing

extension Stories {
    /// Rules are exchanged while the real host runs: saved, published, rolled back, and killed in between.
    struct PublishStory {
        private static func app(_ word: String) -> String {
            """
            aggregate "door" { commands = { open = function() emit("\(word)", {}) end } }
            """
        }

        private struct History: Decodable {
            struct Scripts: Decodable {
                let hash: String
                let origin: String
            }

            let live: String
            let scripts: [Scripts]
        }

        private static func live(_ host: HostProcess) async throws -> History {
            try await APIClient(host).expect(200, .get("/scripts"))
        }

        private static func opened(_ host: HostProcess, key: String) async throws -> [String] {
            let client = APIClient(host)
            _ = try await client.command("door/a/open", "{}", key: key)
            return try await client.events().filter { $0.key == "a" && $0.stream == "door-a" }.map(\.type)
        }

        @Test func `what is saved goes live, what is broken doesn't, and a kill changes nothing of it`()
            async throws
        {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app("Opened"))
            let app = folder.path + "/app"
            try await HostProcess.with(app: app, in: folder, options: ["--watch"]) { host in
                let first = try await Self.live(host).live
                #expect(try await Self.opened(host, key: "1") == ["Opened"])
                try folder.write("app/app.lua", Self.app("SwungOpen"))
                try await Waiting.until("the saved scripts to be live") {
                    try await Self.live(host).live != first
                }
                #expect(try await Self.opened(host, key: "2") == ["Opened", "SwungOpen"])
                let second = try await Self.live(host).live
                try folder.write("app/app.lua", Self.app("Broken") + " }")
                try await Waiting.until("the refusal") { host.lastWords.contains("refused  app.lua") }
                #expect(host.lastWords.contains("app.lua:1: "))
                #expect(try await Self.live(host).live == second)
                // The folder is as it was when it went live, and what is rolled back to outlives the host.
                try folder.write("app/app.lua", Self.app("SwungOpen"))
                try await Waiting.until("the folder to be looked at") {
                    host.lastWords.contains("same     app.lua")
                }
                let body = #"{"note":"that door squeaks"}"#
                let _: Rolled = try await APIClient(host).expect(
                    201,
                    .post("/scripts/\(first)/activate", body)
                )
                try await host.kill()
                try await host.start()
                let history = try await Self.live(host)
                #expect(history.live == first)
                #expect(history.scripts.map(\.origin) == ["folder", "folder", "rollback"])
                #expect(try await Self.opened(host, key: "3") == ["Opened", "SwungOpen", "Opened"])
            }
        }

        private struct Rolled: Decodable {
            let hash: String
        }

        @Test func `the command line publishes, lists and rolls back`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app("Opened"))
            try folder.write("next/app.lua", Self.app("SwungOpen"))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let line = CommandLineClient(host)
                let first = try await Self.live(host).live
                let next = folder.path + "/next"
                let checked = try await line.people("publish", next, "--check")
                #expect(checked.contains("can go live"))
                #expect(try await Self.live(host).live == first)
                let published = try await line.people(
                    "publish",
                    next,
                    "--note",
                    "it swings",
                    "--author",
                    "ada"
                )
                #expect(published.contains("aggregate door"))
                let history = try await line.people("history")
                #expect(history.contains("it swings") && history.contains("ada"))
                #expect(try await line.people("history", first, "app.lua").contains("Opened"))
                _ = try await line.people("rollback", String(first.prefix(4)), "--note", "squeaks")
                #expect(try await Self.live(host).live == first)
                try folder.write("next/app.lua", "no lua")
                let refused = try await line.run(["publish", next])
                #expect(refused.end == .code(2) && refused.errors.contains("app.lua:1"))
            }
        }
    }
}
