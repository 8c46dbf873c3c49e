import Foundation
import Synchronization
import Testing

extension Stories {
    /// A projection is edited, or built anew as asked, while events come in and queries run.
    ///
    /// Each answer is of the old rows or of the new ones, whole, and in the end they are a fold of the log.
    struct RebuildStory {
        /// Deposits before the edit: several transactions of a rebuild, and seconds of a debug build.
        private static let deposits = 30_000
        private static let accounts = 200

        /// Every row carries the stamp of the definition that made it, and each event is in two tables: so an
        /// answer that mixes two generations, or tables, can be told.
        private static func app(stamp: Int, note: String = "") -> String {
            """
            projection "ledger" {
              on = "account.Deposited",
              tables = {
                totals = "stamp integer, account text primary key, events integer, amount integer\(note)",
                seen = "stamp integer, events integer",
              },
              run = function(e, db)
                db.exec([[insert into totals (stamp, account, events, amount) values (?1, ?2, 1, ?3)
                          on conflict (account) do update set events = events + 1, amount = amount + ?3]],
                        \(stamp), e.key, e.data.amount * \(stamp))
                if db.exec("update seen set events = events + 1") == 0 then
                  db.exec("insert into seen values (?, 1)", \(stamp))
                end
              end,
            }
            query "ledger" { run = function(db)
              local totals = db.row([[select min(stamp) as low, max(stamp) as high, sum(events) as events,
                                      sum(amount) as amount from totals]])
              local seen = db.row("select stamp, events from seen")
              return { scripts = \(stamp), low = totals.low, high = totals.high, events = totals.events,
                       amount = totals.amount, stamp = seen.stamp, seen = seen.events }
            end }
            query "totals" { run = function(db)
              return db.rows("select account, events, amount from totals order by account")
            end }
            query "note" { run = function(db) return db.row("select note from totals") end }
            """
        }

        /// What `ledger` answers.
        private struct Ledger: Decodable, Sendable, Hashable {
            let scripts: Int
            let low: Int
            let high: Int
            let events: Int
            let amount: Int
            let stamp: Int
            let seen: Int

            /// Of one generation, and of one moment.
            var isWhole: Bool { low == high && stamp == low && events == seen && amount == events * low }
        }

        /// A row of `totals`.
        private struct Total: Decodable, Sendable, Equatable {
            let account: String
            let events: Int
            let amount: Int
        }

        /// Whether those who ask and append are to go on.
        private final class Load: Sendable {
            private let state = Mutex(false)

            var isOver: Bool { state.withLock { $0 } }

            func end() { state.withLock { $0 = true } }
        }

        /// Appends deposits of 1 to all accounts in turn; the last position.
        private func deposit(_ count: Int, _ client: APIClient) async throws -> Int {
            struct Committed: Decodable { let position: Int }
            var position = 0
            for first in stride(from: 0, to: count, by: 500) {
                let events = (first..<min(first + 500, count)).map { number in
                    let stream = "account-\(number % Self.accounts)"
                    return #"{"stream":"\#(stream)","type":"Deposited","data":{"amount":1}}"#
                }
                let body = #"{"events":[\#(events.joined(separator: ","))]}"#
                let answer: Committed = try await client.expect(201, .post("/commits", body))
                position = answer.position
            }
            return position
        }

        /// The rows against a fold of the log.
        private func check(stamp: Int, of client: APIClient) async throws {
            let end = try await client.lastPosition()
            let totals: [Total]? = try await client.query("totals", after: end)
            var events: [String: Int] = [:]
            for event in try await client.events() where event.type == "Deposited" {
                events[event.key, default: 0] += 1
            }
            #expect(
                totals
                    == events.sorted { $0.key < $1.key }.map {
                        Total(account: $0.key, events: $0.value, amount: $0.value * stamp)
                    }
            )
        }

        /// Asks and appends for as long as the body runs: what was answered, in order.
        private func underLoad(
            _ host: HostProcess,
            _ body: (APIClient) async throws -> Void
        ) async throws -> [QueryAnswer<Ledger>] {
            let load = Load()
            return try await withThrowingTaskGroup(of: [QueryAnswer<Ledger>].self) { group in
                group.addTask {
                    let client = APIClient(host)
                    var answers: [QueryAnswer<Ledger>] = []
                    while !load.isOver {
                        answers.append(try await client.expect(200, .get("/queries/ledger")))
                    }
                    return answers
                }
                group.addTask {
                    let client = APIClient(host)
                    while !load.isOver { _ = try await deposit(10, client) }
                    return []
                }
                do {
                    try await body(APIClient(host))
                } catch {
                    load.end()
                    throw error
                }
                load.end()
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }

        private func ledger(_ client: APIClient) async throws -> ProcessorAnswer {
            try #require(try await client.processors().first { $0.name == "ledger" })
        }

        private func check(_ answers: [QueryAnswer<Ledger>], in order: [Int]) {
            let results = answers.compactMap(\.result)
            #expect(results.count == answers.count)
            expectNone(results.filter { !$0.isWhole }.map { "\($0)" }, "an answer is of no one generation")
            let stamps = results.map(\.stamp)
            #expect(stamps == stamps.sorted() && Set(stamps).isSubset(of: order), "\(stamps.count) answers")
        }

        @Test func `an edited projection takes the place of the old one, whole, under load and a kill`()
            async throws
        {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app(stamp: 1))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let before = try await deposit(Self.deposits, APIClient(host))
                let _: Ledger? = try await APIClient(host).query("ledger", after: before)
                try await host.kill()
                try folder.write("app/app.lua", Self.app(stamp: 2, note: ", note text"))
                // It dies in the middle: five of some thirty transactions are done.
                try await host.launch(failPoint: "rows-applied:5")
                try await host.untilDead()
                try await host.launch(failPoint: nil)
                let answers = try await underLoad(host) { client in
                    let _: ProcessorAnswer = try await client.expect(200, .post("/processors/ledger/pause"))
                    let held = try await ledger(client)
                    let rebuild = try #require(held.rebuild, "it was through before it could be held")
                    #expect(rebuild.generation == 2 && rebuild.reason == "changed")
                    #expect(rebuild.position >= 5 * 1_024, "it went on from where it died")
                    // The old code, which is in the log, goes on with the old rows.
                    #expect(held.generation == 1 && held.position >= before)
                    let old: QueryAnswer<Ledger> = try await client.expect(200, .get("/queries/ledger"))
                    #expect(old.position >= held.position)
                    #expect(old.result?.scripts == 2 && old.result?.stamp == 1)
                    #expect(old.result.map { $0.events >= Self.deposits } == true)
                    let problem = try await HTTPClient(port: host.port).send(.get("/queries/note"))
                    #expect(problem.status == 503)
                    #expect(try problem.json(ProblemAnswer.self).code == "projection-building")
                    let _: ProcessorAnswer = try await client.expect(200, .post("/processors/ledger/resume"))
                    try await Waiting.until("the new rows to answer") {
                        let now = try await ledger(client)
                        return now.generation == 2 && now.rebuild == nil && now.state == "running"
                    }
                    let own: Ledger? = try await client.query("ledger", after: try await deposit(10, client))
                    #expect(own?.stamp == 2)
                }
                check(answers, in: [1, 2])
                #expect(answers.last?.result?.stamp == 2)
                try await check(stamp: 2, of: APIClient(host))
                #expect(try rows(in: folder) == ["ledger.g2.sqlite"])
            }
        }

        @Test func `rows are built anew as asked, while those that answer keep up`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app(stamp: 1))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                _ = try await deposit(Self.deposits, APIClient(host))
                let answers = try await underLoad(host) { client in
                    let begun: ProcessorAnswer = try await client.expect(
                        202,
                        .post("/processors/ledger/rebuild")
                    )
                    #expect(begun.state == "running")
                    let again = try await client.answer(.post("/processors/ledger/rebuild"))
                    #expect(again.status == 409)
                    #expect(try again.json(ProblemAnswer.self).code == "rebuild-running")
                    // One's own writes are there, whichever rows answer.
                    var asked = 0
                    while try await ledger(client).rebuild != nil {
                        let position = try await deposit(1, client)
                        let _: Ledger? = try await client.query("ledger", after: position)
                        asked += 1
                    }
                    #expect(asked > 0)
                    #expect(try await ledger(client).generation == 2)
                }
                check(answers, in: [1])
                let positions = answers.map(\.position)
                #expect(positions == positions.sorted())
                try await check(stamp: 1, of: APIClient(host))
                let run = try await CommandLineClient(host).people(
                    "processors",
                    "rebuild",
                    "ledger",
                    "--wait"
                )
                #expect(run.contains("ledger"), "\(run)")
                #expect(try await ledger(APIClient(host)).generation == 3)
                try await check(stamp: 1, of: APIClient(host))
                #expect(try rows(in: folder) == ["ledger.g3.sqlite"])
            }
        }

        @Test func `a crash at each point of a rebuild leaves what the crash table says`() async throws {
            let cells = try CrashTable(with: "the new rows").cells
            let folder = try TemporaryFolder()
            try folder.write("app/app.lua", Self.app(stamp: 1))
            try await HostProcess.with(app: folder.path + "/app", in: folder) { host in
                let end = try await deposit(3_000, APIClient(host))
                let _: Ledger? = try await APIClient(host).query("ledger", after: end)
            }
            for (point, cells) in Dictionary(grouping: cells, by: \.point).sorted(by: { $0.key < $1.key }) {
                let expected = Dictionary(uniqueKeysWithValues: cells.map { ($0.column, $0.outcome) })
                #expect(try await outcome(of: point, on: folder.path + "/data") == expected, "\(point)")
            }
        }

        /// Lets a host die over a copy of the data, and tells in the words of the table what the next one
        /// says and does.
        private func outcome(of point: String, on data: String) async throws -> [String: String] {
            let folder = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: data, toPath: folder.path + "/data")
            try folder.write("app/app.lua", Self.app(stamp: 2))
            var found: [String: String] = [:]
            try await HostProcess.with(app: folder.path + "/app", in: folder, failPoint: point) { host in
                try await host.untilDead()
                let said = host.lastWords
                try await host.start()
                let again = String(host.lastWords.dropFirst(said.count - 1))
                let begun = again.contains("builds generation 2")
                #expect(!again.contains("from position 0 of"))
                found["after a restart"] = begun ? "the old rows answer" : "the new rows answer"
                found["the new rows"] = begun ? "are gone on with" : "answer"
                // Old rows that have come to the end of the log answer too: a position alone doesn't tell.
                try await Waiting.until("the new rows to answer") {
                    try await ledger(APIClient(host)).generation == 2
                }
                try await check(stamp: 2, of: APIClient(host))
                #expect(try rows(in: folder) == ["ledger.g2.sqlite"])
            }
            return found
        }

        private func rows(in folder: TemporaryFolder) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/data/read")
                .filter { $0.hasPrefix("ledger.") && $0.hasSuffix(".sqlite") }
        }
    }
}
