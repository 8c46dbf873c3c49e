import Testing

extension Stories {
    /// A data folder has one host at a time, and whoever comes second is told who it is.
    struct OneHolderStory {
        @Test func `a second host on the same folder refuses at once and names the first`() async throws {
            try await HostProcess.with { first in
                let pid = try #require(await first.pid)
                let client = APIClient(first)
                try await client.append("Noted", to: "note-1")
                let second = try HostProcess(app: first.app, folder: first.folder)

                let refused = try await CommandLineRun.finish(second.arguments)
                guard case .code(let code) = refused.end else {
                    throw StoryFailure("the second host ended by \(refused.end)")
                }
                #expect(code != 0)
                #expect(refused.errors.contains("log-locked") || refused.errors.contains("is held by"))
                #expect(refused.errors.contains("\(pid)"), "it says who holds it: \(refused)")

                try await client.append("Noted", to: "note-1")
                try await first.kill()
                try await second.start()
                let notes = try await APIClient(second).events().filter { $0.stream == "note-1" }
                #expect(notes.map(\.revision) == [0, 1])
                try await second.kill()
            }
        }

        @Test func `a second host on the same port refuses too, and leaves its own folder free`() async throws
        {
            try await HostProcess.with { first in
                let folder = try TemporaryFolder()
                let arguments = [
                    "run", first.app, "--data", folder.path + "/data", "--listen", "127.0.0.1:\(first.port)",
                ]
                let refused = try await CommandLineRun.finish(arguments)
                #expect(refused.end != .code(0))
                #expect(refused.errors.contains("127.0.0.1:\(first.port)"), "\(refused)")
                #expect(try await APIClient(first).lastPosition() >= 0)
            }
        }
    }
}
