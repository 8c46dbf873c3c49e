import EventLog

/// A command as its record in the log tells it: all that is needed to decide it again.
struct RecordedCommand: Sendable {
    let aggregate: String
    let key: String
    let name: String

    /// JSON.
    let arguments: ArraySlice<UInt8>

    /// What `now()` gave, in milliseconds since 1970; nil in records of earlier releases.
    let now: Int64?

    /// How it was refused; nil when it was accepted.
    let refusal: Refusal?

    /// `place of order-42`.
    var asked: String { "\(name) of \(stream)" }

    /// The stream of the aggregate.
    var stream: String { aggregate + "-" + key }

    /// Reads a `CommandAccepted`, a `CommandRefused`, a `CommandSent` or a `TimerSet`.
    ///
    /// - Throws: `JSONError` for a record that isn't one.
    init(_ event: RecordedEvent) throws(JSONError) {
        let data = try JSONObjectReader(parsing: event.data)
        aggregate = try data.required("aggregate", JSONObjectReader.string)
        key = try data.required("key", JSONObjectReader.string)
        name = try data.required("command", JSONObjectReader.string)
        arguments = data.raw("args") ?? []
        now = try data.integer("now")
        let code = try data.string("code")
        let text = try data.string("text")
        refusal = event.type == "CommandRefused" ? Refusal(code: code ?? "", text: text ?? "") : nil
    }
}
