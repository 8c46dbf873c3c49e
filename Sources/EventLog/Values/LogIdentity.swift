/// Who a log is; drawn once when it is created, and kept with it.
public struct LogIdentity: Hashable, Sendable {
    /// The id of the log, part of the ids that it derives for events.
    public let id: EventID

    /// The hash seed of every script VM over this log: the same history iterates the same way on any
    /// machine, and yet nobody outside can guess it.
    public let scriptSeed: UInt32

    /// A given identity: read from a log's files, or fixed in a test.
    public init(id: EventID, scriptSeed: UInt32) {
        self.id = id
        self.scriptSeed = scriptSeed
    }

    /// A new identity, for a log that is being created.
    public static func random() -> LogIdentity {
        LogIdentity(id: .random(), scriptSeed: .random(in: 1...UInt32.max))
    }
}
