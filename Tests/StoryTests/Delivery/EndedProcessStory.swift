import Foundation
import Testing

extension Stories {
    /// A step that kills its host, each time that it runs.
    struct EndedProcessStory {
        private static let app = """
            handler "react" {
              on = "order.Placed", retry = { attempts = 3 },
              run = function(e) emit("seen-1", "Seen", { number = e.data.number }) end,
            }
            """

        @Test func `a step that kills its host is parked after its attempts`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", "")
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                _ = try await client.append("Placed", to: "order-1", #"{"number":1}"#)
                try await host.kill()
                try folder.write("app/app.lua", Self.app)
                for _ in 0..<3 {
                    try await host.launch(failPoint: "step-running")
                    #expect(try await host.diesBeforeItIsReady())
                    try await host.kill()
                }
                // Armed still: it would die if the step ran.
                try await host.launch(failPoint: "step-running")
                try await host.untilReady()
                let parked = try await client.parked()
                #expect(parked.map(\.attempts) == [3])
                #expect(parked.map { $0.failure?.code } == ["process-ended"])
                try await host.kill()
                try await host.start()
                let position = try #require(parked.first?.position)
                let repaired: RepairAnswer = try await client.expect(
                    200,
                    .post("/parked/\(position)/retry", "{}")
                )
                #expect(repaired.retried == [position])
                #expect(try await client.events().count { $0.type == "Seen" } == 1)
            }
        }
    }
}
