import Foundation
import Testing

extension Stories {
    /// A host that is asked to stop finishes what it began, and says so with exit code 0.
    struct CleanStopStory {
        @Test(arguments: [SIGTERM, SIGINT])
        func `a host that is stopped under load ends with 0 and keeps what it acknowledged`(
            signal: Int32
        ) async throws {
            try await HostProcess.with { host in
                let plan = OrderPlan(count: 200)
                let stop = StopSignal(host, signal, after: 60)
                let answers = try await OrderClients(host).each(plan.orders) { client, order in
                    let answer = try await client.command(
                        "order/\(order.id)/place",
                        order.arguments,
                        key: "place-\(order.id)"
                    )
                    try await stop.answer()
                    return answer
                }
                #expect(await stop.end == .code(0), "\(host.lastWords)")

                let reader = APIClient(host)
                try await reader.settled()
                let events = try await reader.events()
                #expect(events.map(\.position) == Array(1...events.count))
                #expect(events.count { $0.type == "OrderPlaced" } == plan.orders.count)
                for answer in answers {
                    #expect(answer.events.allSatisfy { events[$0.position - 1] == $0 })
                }
            }
        }

        @Test func `whoever follows the log live doesn't keep the host from stopping`() async throws {
            try await HostProcess.with { host in
                let client = APIClient(host)
                try await client.append("Noted", to: "note-1")
                let tail = try CommandLineClient(host).start(["tail", "--from", "1"])
                try await Waiting.until("tail to show the event") { tail.output.contains("note-1@0") }
                #expect(try await host.end(by: SIGTERM) == .code(0), "\(host.lastWords)")
                #expect(await tail.process.poll() == nil, "tail waits for the host")
                try await host.start()
                try await client.append("Noted", to: "note-1")
                try await Waiting.until("tail to go on") { tail.output.contains("note-1@1") }
                await tail.process.send(SIGTERM)
                #expect(try await tail.finish().end == .code(0))
            }
        }

        @Test func `a host with nothing to do stops too, and can be stopped twice in a row`() async throws {
            try await HostProcess.with { host in
                for _ in 0..<2 {
                    #expect(try await host.end(by: SIGTERM) == .code(0), "\(host.lastWords)")
                    try await host.start()
                }
            }
        }
    }
}

/// Stops a host in order when so many requests have been answered, and starts it again.
private actor StopSignal {
    private let host: HostProcess
    private let signal: Int32
    private let count: Int
    private var answered = 0
    private(set) var end: ChildProcess.End?

    init(_ host: HostProcess, _ signal: Int32, after count: Int) {
        self.host = host
        self.signal = signal
        self.count = count
    }

    func answer() async throws {
        answered += 1
        guard answered == count else { return }
        end = try await host.end(by: signal)
        try await host.start()
    }
}
