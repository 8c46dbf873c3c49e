import EventLog

/// The idempotency key that a call carries, so that a server can know it when it is made again.
///
/// It names log, processor, event, the call's number in the step and what is asked: the same after a retry,
/// a replay and a restart, and another one as soon as something else is asked. Names go in as hashes: a
/// server is told nothing about the app.
struct CallKey: Sendable {
    /// The log's id.
    let log: EventID

    /// The processor's name.
    let processor: String

    /// Position of the event whose step calls.
    let position: Position

    /// `LOG-PROCESSOR AND QUESTION-POSITION-NUMBER`, 57 to 78 bytes: within what servers take (255).
    func text(number: Int, digest: UInt64) -> String {
        var hash = StableHash()
        hash.add(processor.utf8)
        hash.add(digest)
        return "\(log)-\(Self.hexadecimal(hash.value))-\(position)-\(number)"
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
