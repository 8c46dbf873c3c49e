/// Several clients at once, each with a connection of its own, that share a list of work.
struct OrderClients: Sendable {
    static let count = 8

    private let clients: [APIClient]

    init(_ host: HostProcess) {
        clients = (0..<Self.count).map { _ in APIClient(host) }
    }

    /// Has every item worked on once, the items dealt out like cards; answers in the order of the items.
    func each<Item: Sendable, Answer: Sendable>(
        _ items: [Item],
        _ work: @escaping @Sendable (APIClient, Item) async throws -> Answer
    ) async throws -> [Answer] {
        let dealt = try await withThrowingTaskGroup(of: [(Int, Answer)].self) { group in
            for (number, client) in clients.enumerated() {
                group.addTask {
                    var answers: [(Int, Answer)] = []
                    for index in stride(from: number, to: items.count, by: Self.count) {
                        answers.append((index, try await work(client, items[index])))
                    }
                    return answers
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return dealt.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
