import EventLog
import Lua

/// How a command and its outcome stand in the log: `CommandAccepted` or `CommandRefused` in the stream
/// `$command-<aggregate>-<key>`, in the same frame as the events that were decided.
///
/// Data: `{ "aggregate", "key", "command", "args", "now" }`, refused also `"code"` and `"text"`. `now` is
/// what the script's `now()` gave, in milliseconds since 1970: the frame's own time is later, and the command
/// is to be decided again just as it was. Logs of earlier releases lack it.
enum CommandRecord {
    static let category = "$command"

    /// What was asked of whom.
    struct Request {
        let aggregate: String
        let key: String
        let command: String
        let arguments: ArraySlice<UInt8>

        /// Reads the four values as the prelude recorded them.
        init(_ record: inout PackedReader) throws(EventLogError) {
            aggregate = try record.name()
            key = try record.name()
            command = try record.name()
            arguments = record.json() ?? []
            guard CommandRecord.canHold(arguments) else {
                throw .invalidFrame(reason: "the arguments of \(command) are nested too deep to be recorded")
            }
        }

        var stream: String { aggregate + "-" + key }

        /// As data: with a refusal and the step's time, or with the time it is due, which then comes first.
        func json(adding refusal: Refusal? = nil, at due: Int64? = nil, now: Int64? = nil) -> [UInt8] {
            var writer = JSONWriter(capacity: arguments.count + 128)
            writer.beginObject()
            if let due {
                writer.name("at")
                writer.integer(due)
            }
            for (name, value) in [("aggregate", aggregate), ("key", key), ("command", command)] {
                writer.name(name)
                writer.string(value)
            }
            writer.name("args")
            writer.raw(arguments)
            if let now {
                writer.name("now")
                writer.integer(now)
            }
            if let refusal {
                writer.name("code")
                writer.string(refusal.code)
                writer.name("text")
                writer.string(refusal.text)
            }
            writer.endObject()
            return writer.bytes
        }
    }

    /// Whether arguments can be a member of a record, which must itself be JSON that can be read back.
    static func canHold(_ arguments: ArraySlice<UInt8>) -> Bool {
        JSONNesting.depth(of: arguments) < JSONValue.depthMax
    }

    /// Arguments as a script gets them, and so as a record has them: a member that is null is absent.
    static func asRecorded(_ arguments: JSONValue) -> JSONValue {
        switch arguments {
        case .object(let members): .object(members.filter { !$0.value.isNull }.mapValues(asRecorded))
        case .array(let elements): .array(elements.map(asRecorded))
        default: arguments
        }
    }

    static func event(
        _ request: Request,
        refusal: Refusal?,
        now: Int64?,
        meta: [UInt8]
    ) throws(EventLogError) -> NewEvent {
        NewEvent(
            stream: try StreamName(category: category, key: request.stream),
            type: refusal == nil ? "CommandAccepted" : "CommandRefused",
            data: request.json(adding: refusal, now: now)[...],
            meta: meta[...]
        )
    }

    /// Whether two events are records of the same command with the same outcome, at whatever time.
    static func areSame(_ one: NewEvent, _ two: NewEvent) -> Bool {
        guard one.stream.category == category, one.stream == two.stream, one.type == two.type else {
            return false
        }
        func members(_ record: NewEvent) -> [String: JSONValue]? {
            // The host wrote it, so that it can be read.
            var members = try? JSONValue(parsing: record.data).object
            members?["now"] = nil
            return members
        }
        return members(one) == members(two)
    }

    /// What was asked, and what came of it, as a record tells.
    struct Outcome {
        /// What was asked of whom: `place of order-42`.
        let asked: String
        let arguments: JSONValue
        /// The refusal, or nil for an accepted command.
        let refusal: Refusal?
    }

    /// Reads a record back.
    static func outcome(of event: RecordedEvent) throws(JSONError) -> Outcome {
        let data = try JSONValue(parsing: event.data)
        let parts = ["command", "aggregate", "key"].map { data[$0]?.string ?? "" }
        let refusal = Refusal(code: data["code"]?.string ?? "", text: data["text"]?.string ?? "")
        return Outcome(
            asked: "\(parts[0]) of \(parts[1])-\(parts[2])",
            arguments: data["args"] ?? .null,
            refusal: event.type == "CommandRefused" ? refusal : nil
        )
    }
}
