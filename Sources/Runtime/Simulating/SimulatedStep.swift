import EventLog

/// A step of a simulation, and what came of it.
struct SimulatedStep: Sendable {
    /// What a step follows from in the end: the same in each simulation of a stretch.
    enum Root: Hashable, Sendable {
        /// An input, by its recorded position.
        case input(Position)
        /// A tick of a schedule, in seconds since 1970.
        case tick(String, Int64)
    }

    /// What tells a step from others, also in the simulation of another version.
    struct Key: Hashable, Sendable {
        let root: Root
        let by: String
        let stream: String
        /// Of the event that it answers; empty for a command.
        let type: String
    }

    let key: Key
    let replayed: ReplayedStep
}

/// How large a simulation may become.
struct SimulationLimits: Sendable {
    /// Steps that may follow from one moment, before they are taken for a circle without end: an app's own
    /// flows over all of its keys are shorter, and so many take seconds.
    var following = 100_000

    /// Bytes of events on one fork, which holds them in memory: some 500,000 of them.
    var bytes = 256 << 20

    /// What the log takes for an event beside data and meta, about.
    static let eventBytes = 160
}
