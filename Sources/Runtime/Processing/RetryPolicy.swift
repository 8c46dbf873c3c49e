import EventLog

/// When a failed step is tried again: exponential backoff with jitter, then no more.
struct RetryPolicy: Hashable, Sendable {
    /// Tries in all, the first included.
    var attempts = 5

    /// Microseconds before the second try.
    var first: Int64 = 200_000

    /// What each wait is multiplied by.
    var factor: Double = 2

    /// Microseconds that a wait never exceeds.
    var longest: Int64 = 30_000_000

    /// The defaults of the design.
    init() {}

    /// One try: what failed is parked at once.
    static var once: RetryPolicy {
        var policy = RetryPolicy()
        policy.attempts = 1
        return policy
    }

    /// Reads a script's `retry = { attempts, first, factor, max }`; what is absent has its default.
    init(_ json: JSONValue, of owner: String) throws(RuntimeError) {
        // An empty Lua table may come as either.
        guard json.isNull || json.object != nil || json.array?.isEmpty == true else {
            throw .invalidApp("\(owner): retry must have names: { attempts = 5, first = \"200ms\" }")
        }
        for (name, value) in json.object ?? [:] {
            switch name {
            case "attempts":
                guard let attempts = value.integer, (1...1_000).contains(attempts) else {
                    throw .invalidApp("\(owner): retry.attempts must be an integer from 1 to 1000")
                }
                self.attempts = Int(attempts)
            case "factor":
                guard let factor = value.double, (1...100).contains(factor) else {
                    throw .invalidApp("\(owner): retry.factor must be a number from 1 to 100")
                }
                self.factor = factor
            case "first": first = try Self.wait(value, "\(owner): retry.first")
            case "max": longest = try Self.wait(value, "\(owner): retry.max")
            default:
                throw .invalidApp(
                    "\(owner): retry has no field \(name); it may have attempts, first, factor, max"
                )
            }
        }
    }

    /// Microseconds to wait after the n-th try (from 1) of an event failed.
    ///
    /// The jitter, up to a fifth either way, is drawn from the event's position, so that a test knows it.
    func wait(afterAttempt attempt: Int, of position: Position) -> Int64 {
        var delay = Double(first)
        for _ in 1..<max(1, attempt) { delay = min(delay * factor, Double(longest)) }
        var hash = StableHash()
        hash.add(position)
        hash.add(UInt64(attempt))
        let share = Double(hash.value >> 11) / Double(1 << 53)
        return Int64(min(delay, Double(longest)) * (0.8 + 0.4 * share))
    }

    /// 30 days in microseconds; who waits longer for a retry wants a person to look.
    private static let waitMax: Int64 = 30 * 86_400_000_000

    private static func wait(_ value: JSONValue, _ name: String) throws(RuntimeError) -> Int64 {
        guard let text = value.string, let microseconds = DurationText.microseconds(text),
            microseconds <= waitMax
        else {
            throw .invalidApp(
                "\(name) must be a duration of at most 30 days, such as \"200ms\", \"5s\", \"2m\", \"1h\""
            )
        }
        return microseconds
    }
}
