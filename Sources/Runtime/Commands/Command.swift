import EventLog

/// A request in the imperative to one aggregate, `place` to `order-42`.
///
/// It may be refused.
public struct Command: Sendable {
    /// Which aggregate: the category of its stream.
    public var aggregate: String

    /// Which one of them: the key of its stream.
    public var key: String

    /// What is asked for.
    public var name: String

    /// JSON of the arguments; empty means `{}`.
    public var arguments: ArraySlice<UInt8>

    /// Names this attempt: the same key gets the same answer, for ever.
    public var idempotencyKey: String?

    /// The conversation this belongs to; nil starts one.
    public var correlation: String?

    /// How the aggregate's stream must stand when the command is decided: what the caller saw.
    ///
    /// When it stands otherwise, the command isn't decided, and nothing is recorded of it.
    public var expected = ExpectedRevision.any

    /// A command.
    public init(
        aggregate: String,
        key: String,
        name: String,
        arguments: ArraySlice<UInt8> = [],
        idempotencyKey: String? = nil
    ) {
        self.aggregate = aggregate
        self.key = key
        self.name = name
        self.arguments = arguments
        self.idempotencyKey = idempotencyKey
    }
}
