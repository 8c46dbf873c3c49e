import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Which step of one version is the like of which of the other.
@Suite struct StepPairTests {
    /// A step of the handler `h` on `a-1`, by what follows from an input, that emits so.
    private func step(
        _ text: String,
        _ order: Int,
        isNew: Bool,
        of input: Position = 1
    ) throws -> StepPairs.Single {
        let key = SimulatedStep.Key(root: .input(input), by: "h", stream: "a-1", type: "Happened")
        var replayed = ReplayedStep()
        replayed.events = [try EventText.event("b-1 \(text)")]
        return StepPairs.Single(
            order: order,
            position: input,
            step: SimulatedStep(key: key, replayed: replayed),
            isNew: isNew
        )
    }

    private func types(_ pairs: [(old: StepPairs.Single, new: StepPairs.Single)]) -> [[String]] {
        pairs.map { [$0.old, $0.new].map { $0.step.replayed.events[0].type } }
    }

    @Test func `those that came to the same are alike, wherever they stand`() throws {
        var pairs = StepPairs()
        let found = pairs.take([
            try step("A", 0, isNew: false), try step("B", 1, isNew: false), try step("B", 0, isNew: true),
        ])
        #expect(types(found) == [["B", "B"]])
        #expect(pairs.singles.map { $0.step.replayed.events[0].type } == ["A"])
    }

    @Test func `others are taken in their order, and what is too many waits`() throws {
        var pairs = StepPairs()
        let found = pairs.take([
            try step("A", 0, isNew: false), try step("B", 0, isNew: true), try step("C", 1, isNew: true),
        ])
        #expect(types(found) == [["A", "B"]])
        #expect(pairs.singles.map(\.isNew) == [true])
        // A moment later, as when a timer fires.
        #expect(types(pairs.take([try step("D", 2, isNew: false)])) == [["D", "C"]])
        #expect(pairs.singles.isEmpty)
    }

    @Test func `what follows from another input is another step`() throws {
        var pairs = StepPairs()
        #expect(pairs.take([try step("A", 0, isNew: false), try step("A", 0, isNew: true, of: 2)]).isEmpty)
        #expect(pairs.singles.map(\.position) == [1, 2])
    }
}
