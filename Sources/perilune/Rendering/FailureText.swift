import ArgumentParser
import EventLog
import Runtime

/// What kept a command from doing its work, for people or for machines.
enum FailureText {
    /// Tells it on standard error; returns what the process ends with.
    static func report(_ code: String, _ detail: String, hint: String, json: Bool = false) -> ExitCode {
        if json {
            let document = [
                "code": JSONValue.string(code), "detail": .string(detail), "hint": .string(hint),
            ]
            Console.standardError.line(JSONText.compact(.object(document)))
            return .failed
        }
        let isSaid = hint.isEmpty || detail.contains(hint)
        Console.standardError.line("\(code): \(detail)" + (isSaid ? "" : "\n  hint: \(hint)"))
        return .failed
    }

    /// Runs what works on files, and tells what the log says when it can't.
    static func reporting<Value>(
        json: Bool,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch let error as EventLogError {
            throw report(error.code, error.description, hint: error.hint, json: json)
        }
    }
}
