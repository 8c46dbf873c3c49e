import EventLog
import TestSupport

/// A history that a seed decides, on an engine and on the model: every answer, refusals included, must be the
/// same.
struct History {
    /// What may happen in it beside commits and reads.
    struct Turns {
        var operations = 50
        var closesAndOpens = false
        var forks = false
    }

    /// A log with its model: the log itself, or a fork of one.
    struct Branch {
        var log: any EventLog
        var model: ModelLog
    }

    /// So many forks at a time are enough for forks of forks of forks.
    private static let branchesMax = 4

    private let seed: UInt64
    private let turns: Turns
    private let names: HistoryNames
    private var random: SeededRandom
    private var fixture: LogFixture
    private var branches: [Branch]
    private var time: LogTime = 1_000

    /// Plays the history of a seed on a fresh log.
    static func play(_ seed: UInt64, _ turns: Turns, on engine: LogEngine) async throws {
        var history = History(seed, turns, on: try await engine.makeFixture())
        try await history.play()
    }

    private init(_ seed: UInt64, _ turns: Turns, on fixture: LogFixture) {
        self.seed = seed
        self.turns = turns
        self.fixture = fixture
        random = SeededRandom(seed: seed)
        names = HistoryNames(&random)
        branches = [Branch(log: fixture.log, model: ModelLog(identity: fixture.log.identity))]
    }

    private mutating func play() async throws {
        for number in 0..<turns.operations {
            do {
                try await playOne()
            } catch {
                throw HistoryFailure("seed \(seed), operation \(number): \(error)")
            }
        }
        // A log closes after its forks, which read its files.
        for (number, branch) in branches.enumerated().reversed() {
            do {
                try branch.compareAll(names, &random)
                try await branch.log.close()
            } catch {
                throw HistoryFailure("seed \(seed), at the end, branch \(number): \(error)")
            }
        }
    }

    private mutating func playOne() async throws {
        let place = Int.random(in: 0..<branches.count, using: &random)
        switch Int.random(in: 0..<24, using: &random) {
        case 0 where turns.closesAndOpens: try await closeAndOpen()
        case 1 where turns.forks: try await fork(branches[place])
        case 2..<5: try branches[place].compareRead(names.request(&random, branches[place].model))
        case 5..<7: try branches[place].comparePages(names.filter(&random), &random)
        case 7..<9: try branches[place].compareLookups(names, &random)
        default: try await commit(to: place)
        }
    }

    private mutating func commit(to place: Int) async throws {
        // Clocks go back too.
        time += LogTime.random(in: -1...5, using: &random)
        fixture.clock.set(time)
        let frame = try names.frame(&random, branches[place].model)
        try await branches[place].compareCommit(frame, time: time)
    }

    private mutating func closeAndOpen() async throws {
        for fork in branches[1...] { try await fork.log.close() }
        branches.removeSubrange(1...)
        fixture = try await fixture.reopened()
        branches[0].log = fixture.log
    }

    private mutating func fork(_ branch: Branch) async throws {
        let last = branch.model.lastPosition
        let position = [0, last, .max, .random(in: 0...last + 1, using: &random)].pick(&random)
        let fork = Branch(
            log: try branch.log.fork(at: position),
            model: try branch.model.fork(at: position)
        )
        guard fork.log.lastPosition == fork.model.lastPosition else {
            throw HistoryFailure("a fork at \(position) ends at \(fork.log.lastPosition)")
        }
        branches.append(fork)
        if branches.count > Self.branchesMax {
            // Forks of the one that goes are still there.
            try await branches.remove(at: Int.random(in: 1..<branches.count - 1, using: &random)).log.close()
        }
    }
}

/// Where a log and the model differ.
struct HistoryFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
