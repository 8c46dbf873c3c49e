import Foundation
import Testing

extension Stories {
    /// A person at the prompt.
    struct ReplStory {
        private static let handler = """
            handler "answers" {
              on = "thing.Asked",
              run = function(e) emit("answer-" .. e.key, "Answered", { n = e.data.n * FACTOR }) end,
            }

            handler "endless" { on = "thing.Dreamt", run = function() while true do end end }

            aggregate "answer" {
              initial = { n = 0 },
              events = { Answered = function(answer, e) answer.n = e.data.n end },
            }
            """

        private func text(_ factor: Int) -> String {
            Self.handler.replacing("FACTOR", with: "\(factor)")
        }

        @Test func `a person looks, completes, tries, edits, forks, and goes back in time`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", text(2))
            let app = folder.path + "/app"
            try await HostProcess.with(app: app, in: folder, options: ["--no-watch"]) { host in
                let client = APIClient(host)
                let asked = try await client.append("Asked", to: "thing-quince", #"{"n":4}"#).position
                try await client.settled()
                let prompt = try TerminalProcess(
                    ["repl", "--url", host.url, "--app", app],
                    environment: ["XDG_STATE_HOME=\(folder.path)/state"]
                )
                do { try await talk(prompt, host, client, folder, asked) } catch {
                    await prompt.kill()
                    throw error
                }
            }
        }

        private func talk(
            _ prompt: TerminalProcess,
            _ host: HostProcess,
            _ client: APIClient,
            _ folder: TemporaryFolder,
            _ asked: Int
        ) async throws {
            try await prompt.shows("app@")
            // Tab knows the streams of the log, as soon as they have been read.
            try await Waiting.until("Tab to know a stream") {
                let line = #"#stream("thing-qu"# + "\t" + #"") .. " of them""#
                try await prompt.line(line, shows: ["0 of them", "1 of them"])
                return await prompt.read().contains("1 of them")
            }
            try await prompt.line("for i = 1, 2 do", shows: "...>")
            try await prompt.line("print(i * 21) end", shows: "42")
            // The loop runs when what is before it is seen.
            try await prompt.line("print(6 * 7) while true do end", shows: "42")
            await prompt.type("\u{3}")
            try await prompt.shows("interrupted")
            // So does a step that the line waits for, and the session goes on.
            try await prompt.line("function dream()", shows: "...>")
            try await prompt.line(
                #"return try("endless", { stream = "thing-1", type = "Dreamt", data = {} }) end"#,
                shows: "app@"
            )
            try await prompt.line("print(6 * 7) while true do pcall(dream) end", shows: "42")
            await prompt.type("\u{3}")
            try await prompt.shows("interrupted")
            // An edit is tried at once; the host goes on by its own.
            try await prompt.line(#"try("answers", \#(asked))"#, shows: #"{"n":8}"#)
            try folder.write("app/app.lua", text(3))
            try await prompt.line(#"try("answers", \#(asked))"#, shows: #"+ {"n":12}"#)
            // A large event is a line that says how large it is.
            let large = #"append("note-1", "Noted", { text = ("x"):rep(1000000) })"#
            try await prompt.line(large, shows: "976.6 KiB; events({ from = ")
            try await prompt.line("discard()", shows: "the fork is as the log again")
            try await prompt.line(#"append("note-2", "Noted", { a = 2 })"#, shows: "fork+1>")
            await prompt.type("commit()\r")
            try await prompt.shows("send this to the host?")
            try await prompt.line("y", shows: "note-2@0")
            #expect(try await client.events().filter { $0.type == "Noted" }.map(\.stream) == ["note-2"])
            try await prompt.line("at(\(asked))", shows: "@\(asked) then>")
            try await prompt.line(#"#events("note.*") .. " noted""#, shows: "0 noted")
            try await prompt.line("at()", shows: "now")
            try await follow(prompt, host, client)
            // Before the prompt is there, Ctrl-D would be the terminal's and not the editor's.
            try await prompt.shows("app@")
            await prompt.type("\u{4}")
            #expect(try await prompt.end() == .code(0))
            let history = try String(contentsOfFile: folder.path + "/state/perilune/history", encoding: .utf8)
            #expect(history.contains("commit()"), "\(history)")
        }

        /// What comes live is shown through a restart of the host, and the prompt outlives it.
        private func follow(
            _ prompt: TerminalProcess,
            _ host: HostProcess,
            _ client: APIClient
        ) async throws {
            await prompt.type("tail(\"note.*\")\r")
            try await Waiting.until("the tail to show an event") {
                try await client.append("Noted", to: "note-3")
                return await prompt.read().contains("note-3@")
            }
            try await host.kill()
            try await prompt.shows("the host is away")
            try await host.start()
            try await prompt.shows("the host is back")
            try await client.append("Noted", to: "note-4")
            try await prompt.shows("note-4@0")
            await prompt.type("\u{3}")
            try await prompt.shows("app@")
            try await host.kill()
            try await prompt.line(#"state("answer", "quince")"#, shows: "host-unreachable")
            try await prompt.line("1 + 41", shows: "away>")
            try await host.start()
            try await prompt.line(#"state("answer", "quince")"#, shows: "n  ")
        }
    }
}
