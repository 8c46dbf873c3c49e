import ReadModels
import Testing

@Suite struct WaitingTests {
    @Test(arguments: Place.allCases)
    func `those who wait are woken by the step that reaches their position`(place: Place) async throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try await model.waitUntilReached(0)
        try await withThrowingTaskGroup(of: UInt64.self) { group in
            for position in [1, 3, 4] as [UInt64] {
                group.addTask {
                    try await model.waitUntilReached(position)
                    #expect(model.checkpoint >= position)
                    return position
                }
            }
            try model.apply(from: 0, to: 2) { _ in }
            #expect(try await group.next() == 1)
            try model.apply(from: 2, to: 4) { _ in }
            var rest: Set<UInt64> = []
            for try await position in group { rest.insert(position) }
            #expect(rest == [3, 4])
        }
    }

    @Test func `waiting ends with the task that waits`() async throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let waiting = Task { try await model.waitUntilReached(1) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test func `waiting ends when the store is closed`() async throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let waiting = Task { try await model.waitUntilReached(1) }
        fixture.store.close()
        await #expect(throws: ReadModelError.closed) { try await waiting.value }
        await #expect(throws: ReadModelError.closed) { try await model.waitUntilReached(1) }
    }
}
