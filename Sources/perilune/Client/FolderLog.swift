import EventLog
import Runtime

/// A data folder or a backup that a command looks into: read-only, and beside a host as well.
enum FolderLog {
    /// Opens it, and tells for people or machines what kept the body from its work.
    static func reading<Value>(
        _ folder: String,
        json: Bool,
        _ body: (ReadOnlyLog) async throws -> Value
    ) async throws -> Value {
        do {
            return try await FailureText.reporting(json: json) {
                let log = try await ReadOnlyLog.open(folder: folder)
                if let damage = log.recovery.damage {
                    Console.standardError.line(
                        "the log is damaged, and read up to position \(log.lastPosition): \(damage.reason)"
                    )
                }
                return try await body(log)
            }
        } catch let error as RuntimeError {
            throw FailureText.report(error.code, error.description, hint: error.hint, json: json)
        }
    }
}
