import AllocationCount
import EventLog
import Logging

/// Commits frames to a log of its own and says how often memory was taken: `AllocationProbe FOLDER EVENTS`.
///
/// Standard output has one line: allocations, and frames of so many events. The frames are made before the
/// count begins, and the log is warm.
@main struct AllocationProbe {
    private static let warm = 200
    private static let counted = 1_000

    static func main() async throws {
        guard CommandLine.arguments.count == 3, let events = Int(CommandLine.arguments[2]) else {
            fatalError("the arguments are a folder and the events of a frame")
        }
        let log = try await DiskLog.open(
            folder: CommandLine.arguments[1],
            logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
        )
        let frames = try (0..<warm + counted).map { number in
            NewFrame(events: try (0..<events).map { try event(number * events + $0) })
        }
        for frame in frames.prefix(warm) { _ = try await log.commit(frame) }
        let before = allocation_count()
        for frame in frames.suffix(counted) { _ = try await log.commit(frame) }
        let after = allocation_count()
        try await log.close()
        print(after - before, counted)
    }

    private static func event(_ number: Int) throws -> NewEvent {
        NewEvent(
            stream: try StreamName("order-\(number % 10)"),
            type: "Placed",
            data: Array(#"{"number":\#(number),"text":"as long as an event is, more or less"}"#.utf8)[...]
        )
    }
}
