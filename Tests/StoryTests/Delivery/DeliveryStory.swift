import Foundation
import Testing

extension Stories {
    /// The crash tables of `Delivery.md`, made to happen: the real binary dies at each fail point, starts
    /// again, and has done what the page says.
    struct DeliveryStory {
        private static let modes = ["exactly-once", "at-least-once", "at-most-once"]

        /// Events that are there before the host starts: one batch of the handler, since they are of one
        /// stream.
        private static let placed = 3

        /// Hosts at a time: one starts while another waits for its disk.
        static let together = 4

        private static func app(_ mode: String) -> String {
            """
            handler "react" {
              on = "order.Placed", delivery = "\(mode)",
              run = function(e) emit("seen-1", "Seen", { number = e.data.number }) end,
            }
            """
        }

        @Test func `each mode does at each fail point what the crash table says`() async throws {
            let cells = try CrashTable(with: "exactly-once").cells
            #expect(Set(cells.map(\.column)) == Set(Self.modes))
            // Placed by a host that has no handler, so that the first frame of each crash is the handler's.
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", "")
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let events = (0..<Self.placed).map {
                    #"{"stream":"order-1","type":"Placed","data":{"number":\#($0)}}"#
                }
                let body = #"{"events":[\#(events.joined(separator: ","))]}"#
                let _: AppendedAnswer = try await APIClient(host).expect(201, .post("/commits", body))
            }
            let wrong = try await Self.each(cells) { cell in
                let found = try await outcome(of: cell, on: folder.path + "/data")
                return found == cell.outcome ? nil : "\(cell), but found \(found)"
            }
            expectNone(wrong.compactMap(\.self), "a crash does not what the page says")
        }

        private struct AppendedAnswer: Decodable {}

        /// Lets a host die over a copy of the log, and tells in the words of the table what the next one
        /// finds.
        private func outcome(of cell: CrashTable.Cell, on data: String) async throws -> String {
            let folder = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: data, toPath: folder.path + "/data")
            try folder.write("app/app.lua", Self.app(cell.column))
            var outcome = ""
            let point = Stories.armed(cell.point)
            try await HostProcess.with(app: folder.path + "/app", in: folder, failPoint: point) { host in
                let client = APIClient(host)
                let isReached = try await host.diesBeforeItIsReady()
                try await host.kill()
                try await host.start()
                try await client.settled()
                let seen = try await client.events().filter { $0.type == "Seen" }.map(\.data.number)
                let times = Set((0..<Self.placed).map { number in seen.count { $0 == number } })
                switch (times, isReached) {
                case ([1], false): outcome = "no such frame"
                case ([0], true): outcome = "never"
                case ([1], true): outcome = "once"
                case ([2], true): outcome = "twice"
                default: outcome = "\(seen)"
                }
            }
            return outcome
        }

        @Test func `a command whose host died is asked again, and is as the crash table says`() async throws {
            let cells = try CrashTable(with: "in the log").cells
            let points = Dictionary(grouping: cells, by: \.point).mapValues { cells in
                Dictionary(uniqueKeysWithValues: cells.map { ($0.column, $0.outcome) })
            }
            let wrong = try await Self.each(points.sorted { $0.key < $1.key }) { point, expected in
                let found = try await answer(after: point)
                return found == expected ? nil : "\(point): \(expected), but found \(found)"
            }
            expectNone(wrong.compactMap(\.self), "a command is not what the page says")
        }

        private func answer(after point: String) async throws -> [String: String] {
            let folder = try TemporaryFolder()
            try folder.write(
                "app/app.lua",
                #"aggregate "box" { commands = { open = function() emit("Opened", {}) end } }"#
            )
            let start = Stories.framesOfNewScripts + 1
            var found: [String: String] = [:]
            let armed = Stories.armed(point)
            try await HostProcess.with(app: folder.path + "/app", in: folder, failPoint: armed) { host in
                try await host.untilReady()
                let open = HTTPRequest.post("/commands/box/1/open", key: "open-1")
                await #expect(throws: ConnectionFailure.self) {
                    try await HTTPClient(port: host.port).send(open)
                }
                try await host.untilDead()
                try await host.start()
                let client = APIClient(host)
                let before = try await client.events(from: start)
                let answer: CommandAnswer = try await client.expect(200, open)
                let after = try await client.events(from: start)
                // The record of the command, and its event.
                #expect(after.count == 2 && answer.position == start + 1)
                found = [
                    "in the log": before.isEmpty ? "nothing" : "its events",
                    "the same key again": before == after ? "finds them" : "decides now",
                ]
            }
            return found
        }

        @Test func `doctor lists the fail points, and each has its row in a crash table`() async throws {
            struct List: Decodable {
                struct Point: Decodable {
                    let name: String
                    let place: String
                }
                let points: [Point]

                private enum CodingKeys: String, CodingKey {
                    case points = "fail_points"
                }
            }
            let listed = try await CommandLineRun.finish(["doctor", "--fail-points", "--json"])
            let points = try listed.json(List.self).points
            let columns = ["exactly-once", "in the log", "the new rows", "calls, exactly-once"]
            let tables = try columns.map { try CrashTable(with: $0) }
            #expect(Set(points.map(\.name)) == tables.reduce(into: []) { $0.formUnion($1.points) })
            let text = try await CommandLineRun.finish(["doctor", "--fail-points"])
            #expect(text.end == .code(0))
            for point in points { #expect(text.output.contains("\(point.name)"), "\(text)") }
        }

        @Test(arguments: ["frame-writen", "frame-written:", "frame-written:0", "frame-written:x"])
        func `a fail point that isn't there keeps the host from starting`(name: String) async throws {
            let host = try HostProcess(app: Places.ordersApp, folder: try TemporaryFolder())
            try await host.launch(failPoint: name)
            await #expect(throws: StoryFailure.self) { try await host.untilDead() }
            #expect(host.lastWords.contains("PERILUNE_FAIL_POINT=\(name) names no fail point"))
        }

        /// Works on all items, a few at a time.
        static func each<Item: Sendable, Answer: Sendable>(
            _ items: [Item],
            _ work: @escaping @Sendable (Item) async throws -> Answer
        ) async throws -> [Answer] {
            try await withThrowingTaskGroup(of: [Answer].self) { group in
                for number in 0..<together {
                    group.addTask {
                        var answers: [Answer] = []
                        for index in stride(from: number, to: items.count, by: together) {
                            answers.append(try await work(items[index]))
                        }
                        return answers
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
    }
}
