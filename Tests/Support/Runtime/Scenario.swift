import EventLog
import Runtime
import Testing

/// What a command came to, comparable.
public enum Decision: Equatable, Sendable {
    /// It was accepted, and these events were decided.
    case events([String])
    /// It was refused with this code.
    case refused(String)
    /// Its script failed, or it couldn't be asked, with this code.
    case failed(String)

    /// What an outcome was.
    public init(_ outcome: CommandOutcome) throws {
        switch outcome {
        case .accepted(let acceptance): self = .events(try acceptance.events.map(EventText.line))
        case .refused(let refusal): self = .refused(refusal.code)
        }
    }
}

/// Given what happened, when a command comes, then this is decided.
///
///     try await given(app, "order-1 OrderPlaced {\"total\":5}")
///         .when("order-1 pay", "{\"amount\":5}")
///         .then(.events(["order-1 OrderPaid {\"amount\":5}"]))
public struct Scenario: Sendable {
    fileprivate let app: AppFixture
    fileprivate let history: [String]
    private var commands: [(command: String, arguments: String)] = []

    fileprivate init(app: AppFixture, history: [String]) {
        self.app = app
        self.history = history
    }

    /// Adds a command; only the last one is judged.
    public func when(_ command: String, _ arguments: String = "") -> Scenario {
        var scenario = self
        scenario.commands.append((command, arguments))
        return scenario
    }

    /// Runs the scenario on a host of its own, and compares what the last command came to.
    public func then(_ expected: Decision, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let decision = try await withHost(app) { fixture in
            if !history.isEmpty {
                _ = try await fixture.host.commit(NewFrame(events: try history.map(EventText.event)))
            }
            var decision = Decision.events([])
            for (command, arguments) in commands {
                do {
                    decision = try Decision(try await fixture.execute(command, arguments))
                } catch let error as RuntimeError {
                    decision = .failed(error.code)
                }
            }
            return decision
        }
        #expect(decision == expected, sourceLocation: sourceLocation)
    }
}

/// Begins a scenario: an app, and what happened before, as `order-1 OrderPlaced {"total":5}`.
public func given(_ app: AppFixture, _ history: String...) -> Scenario {
    Scenario(app: app, history: history)
}
