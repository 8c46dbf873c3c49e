import EventLog
import Logging

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Commits planned frames to a log until it is killed: `EndlessWriter FOLDER SEGMENT-BYTES`.
///
/// Standard output has a line `opening`, and then the number of each frame whose commit has returned. Started
/// again, it goes on where the log ends. It ends by itself only when the log answers other than planned.
@main struct EndlessWriter {
    static func main() async {
        do {
            guard CommandLine.arguments.count == 3, let segmentBytes = Int(CommandLine.arguments[2]) else {
                throw UnexpectedAnswer("the arguments are a folder and the bytes of a segment")
            }
            say("opening")
            let log = try await DiskLog.open(
                folder: CommandLine.arguments[1],
                options: DiskLogOptions(segmentBytes: segmentBytes),
                logger: Logger(label: "writer") { _ in SwiftLogNoOpLogHandler() }
            )
            try await EndlessWriter(log: log).commitOnAndOn()
        } catch {
            say("EndlessWriter: \(error)", to: STDERR_FILENO)
            exit(1)
        }
    }

    private let log: DiskLog

    /// Never returns.
    private func commitOnAndOn() async throws {
        let newest = try log.marks(of: PlannedFrame.processor).values.max() ?? 0
        // The block of the newest frame may have holes; if it has none, nothing is done in it.
        var block = newest == 0 ? 0 : Int(newest - 1) / PlannedFrame.lanes
        while true {
            if PlannedFrame.isConcurrent(block: block) {
                try await withThrowingTaskGroup { group in
                    for number in PlannedFrame.block(block) {
                        group.addTask { try await commit(PlannedFrame(number: number)) }
                    }
                    try await group.waitForAll()
                }
            } else {
                for number in PlannedFrame.block(block) { try await commit(PlannedFrame(number: number)) }
            }
            block += 1
        }
    }

    /// Commits a frame, or finds it there; either way it is durable now.
    private func commit(_ planned: PlannedFrame) async throws {
        let wasCommitted = planned.isCommitted(try log.marks(of: PlannedFrame.processor))
        if !wasCommitted || planned.key != nil {
            let receipt = try await log.commit(planned.frame())
            guard receipt.wasKnown == wasCommitted, receipt.eventCount == planned.eventCount else {
                throw UnexpectedAnswer("frame \(planned.number) was answered \(receipt)")
            }
        }
        Self.say("\(planned.number)")
    }

    /// Writes a line past every buffer, so that it is out when the process is killed right behind it.
    ///
    /// Ends the process when nobody reads any more: a test that was stopped leaves no writer behind.
    private static func say(_ line: String, to descriptor: Int32 = STDOUT_FILENO) {
        var line = line + "\n"
        let isWritten = line.withUTF8 { write(descriptor, $0.baseAddress, $0.count) == $0.count }
        if !isWritten { exit(2) }
    }
}

/// The log, or whoever started this, did what nobody planned.
struct UnexpectedAnswer: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
