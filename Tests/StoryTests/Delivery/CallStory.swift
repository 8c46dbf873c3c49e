import Foundation
import TestSupport
import Testing

extension Stories {
    /// What a kill does to a call, on the real binary and over a real connection.
    struct CallStory {
        private static let columns = ["exactly-once", "at-least-once", "at-most-once"].map { "calls, \($0)" }

        private static func app(_ mode: Substring, _ port: Int) -> String {
            """
            allow = { "http://127.0.0.1:\(port)" }
            handler "ask" {
              on = "order.Placed", delivery = "\(mode)",
              run = function(e)
                local answer = http.post("http://127.0.0.1:\(port)/labels", { order = e.key })
                emit("seen-1", "Seen", { number = answer.json.n })
              end,
            }
            """
        }

        private static func answer(_ number: Int) -> RawServer.Reply {
            .bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"n\":\(number)}")
        }

        @Test func `a crash does to a call what the crash table says`() async throws {
            let cells = try CrashTable(with: Self.columns[0]).cells
            #expect(Set(cells.map(\.column)) == Set(Self.columns))
            // Placed by a host that has no handler, so that the first step is the crash's.
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", "")
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                try await APIClient(host).append("Placed", to: "order-1", "{}")
            }
            let wrong = try await DeliveryStory.each(cells) { cell in
                let found = try await outcome(of: cell, on: folder.path + "/data")
                return found == cell.outcome ? nil : "\(cell), but found \(found)"
            }
            expectNone(wrong.compactMap(\.self), "a crash does not what the page says")
        }

        /// Lets a host die over a copy of the log, and tells in the words of the table what the server and
        /// the log have seen once the next host is done.
        private func outcome(of cell: CrashTable.Cell, on data: String) async throws -> String {
            let server = try RawServer { _, number in Self.answer(number) }
            defer { server.stop() }
            let folder = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: data, toPath: folder.path + "/data")
            let mode = cell.column.dropFirst("calls, ".count)
            try folder.write("app/app.lua", Self.app(mode, server.port))
            var outcome = ""
            try await HostProcess.with(app: folder.path + "/app", in: folder, failPoint: cell.point) { host in
                guard try await host.diesBeforeItIsReady() else {
                    outcome = "no such point"
                    return
                }
                try await host.start()
                let client = APIClient(host)
                try await client.settled()
                let seen = try await client.events().count { $0.type == "Seen" }
                let keys = server.values(of: "idempotency-key")
                guard keys.allSatisfy({ !$0.isEmpty && $0 == keys[0] }) else {
                    outcome = "asked under the keys \(keys)"
                    return
                }
                outcome = "asked \(keys.count), done \(seen)"
            }
            return outcome
        }

        @Test func `a host that is killed while the server thinks asks again with the same key`() async throws
        {
            let server = try RawServer { _, number in number == 1 ? .silence : Self.answer(number) }
            defer { server.stop() }
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app("exactly-once", server.port))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let client = APIClient(host)
                try await client.append("Placed", to: "order-1", "{}")
                try await Waiting.until("the call") { server.requests.count == 1 }
                try await host.kill()
                try await host.start()
                try await client.settled()
                #expect(try await client.events().filter { $0.type == "Seen" }.map(\.data.number) == [2])
                let keys = server.values(of: "idempotency-key")
                #expect(keys.count == 2 && keys[0] == keys[1] && !keys[0].isEmpty)
                #expect(server.values(of: "user-agent").allSatisfy { $0.hasPrefix("perilune/") })
            }
        }

        @Test func `a host that is told to stop doesn't wait for a server that thinks`() async throws {
            let server = try RawServer { _, _ in .silence }
            defer { server.stop() }
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app("exactly-once", server.port))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                try await APIClient(host).append("Placed", to: "order-1", "{}")
                try await Waiting.until("the call") { server.requests.count == 1 }
                #expect(try await host.end(by: SIGTERM) == .code(0))
                try await Waiting.until("the end of the call") { server.gone == 1 }
            }
        }
    }
}
