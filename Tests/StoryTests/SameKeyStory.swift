import Testing

extension Stories {
    /// An idempotency key names one attempt: the same key, the same answer, for ever and from whomever.
    struct SameKeyStory {
        private static let order = #"{"customer":"ada","lines":[{"sku":"teapot","quantity":1,"price":5}]}"#

        @Test func `eight clients that race with one key are given one answer for one event`() async throws {
            try await HostProcess.with { host in
                let clients = OrderClients(host)
                for round in 1...10 {
                    let answers = try await clients.each(Array(repeating: round, count: OrderClients.count)) {
                        client,
                        round in
                        try await client.command("order/\(round)/place", Self.order, key: "place-\(round)")
                    }
                    #expect(Set(answers.map(\.position)).count == 1)
                    #expect(answers.allSatisfy { $0 == answers[0] })
                }
                let placed = try await APIClient(host).events().filter { $0.type == "OrderPlaced" }
                #expect(placed.map(\.key) == (1...10).map { "\($0)" })
            }
        }

        @Test func `a refusal is repeated too, after a crash and after the state has changed`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                let pay = HTTPRequest.post("/commands/order/1/pay", #"{"amount":5}"#, key: "pay-1")
                let refused: ProblemAnswer = try await client.expect(422, pay)
                #expect(refused.code == "unknown-order")
                _ = try await client.command("order/1/place", Self.order, key: "place-1")
                try await host.kill()
                try await host.start()
                let again: ProblemAnswer = try await client.expect(422, pay)
                #expect(again.code == refused.code && again.detail == refused.detail)
            }
        }

        @Test func `appends and commits with a key are done once, crash or not`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                let start = try await client.lastPosition()
                let append = HTTPRequest.post("/streams/note-1", #"{"type":"Noted"}"#, key: "a")
                let commit = HTTPRequest.post(
                    "/commits",
                    #"{"events":[{"stream":"note-1","type":"Noted"},{"stream":"note-2","type":"Noted"}]}"#,
                    key: "b"
                )
                let first: [AppendAnswer] = [
                    try await client.expect(201, append), try await client.expect(201, commit),
                ]
                try await host.kill()
                try await host.start()
                let second: [AppendAnswer] = [
                    try await client.expect(201, append), try await client.expect(201, commit),
                ]
                #expect(first.map(\.position) == second.map(\.position))
                #expect(first.map(\.revision) == second.map(\.revision))
                #expect(try await client.lastPosition() == start + 3)
            }
        }

        @Test func `a key that was used for something else is refused`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                _ = try await client.command("order/1/place", Self.order, key: "a")
                let end = try await client.lastPosition()
                for path in ["order/2/place", "order/1/pay"] {
                    let reused: ProblemAnswer = try await client.expect(
                        409,
                        .post("/commands/\(path)", "{}", key: "a")
                    )
                    #expect(reused.code == "idempotency-key-reused")
                }
                try await client.settled()
                #expect(
                    try await client.events(from: 1).filter { $0.category == "order" && $0.key == "2" }
                        .isEmpty
                )
                #expect(try await client.lastPosition() >= end)
            }
        }
    }
}
