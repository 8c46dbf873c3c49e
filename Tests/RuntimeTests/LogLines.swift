import Logging
import Synchronization

/// What a host logs, line by line: level, text, and where it came from.
final class LogLines: Sendable {
    private struct Keeper: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let place = event.metadata?["in"].map { ", in \($0)" } ?? ""
            lines.append("\(event.level): \(event.message)\(place)")
        }
    }

    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Keeper(lines: self) } }

    private func append(_ line: String) { lines.withLock { $0.append(line) } }
}
