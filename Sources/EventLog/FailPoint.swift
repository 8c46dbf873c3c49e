import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A place on the way of an event where a debug build can be made to kill itself, as `kill -9` would: to see
/// what a crash exactly there leaves behind.
///
/// Armed from outside: with `PERILUNE_FAIL_POINT=frame-written:2` in its environment a process dies when it
/// comes to that point for the second time. A release build has none; `pass` is empty there. What a crash
/// at each of them leaves is the table of `Delivery.md` in `Runtime.docc`, and a story walks it.
///
/// Here, and not in `Runtime`, because the log is the lowest target that has some.
public enum FailPoint: String, CaseIterable, Sendable {
    /// A group of frames has its places in the log; nothing of it is written.
    case frameStaged = "frame-staged"

    /// A group of frames is written, and not yet flushed.
    case frameWritten = "frame-written"

    /// A group of frames is flushed; nobody sees it or has been answered.
    case frameFlushed = "frame-flushed"

    /// A command from outside is decided, and its frame not yet handed to the log.
    case commandDecided = "command-decided"

    /// A batch of a handler's steps is about to run.
    case stepBegins = "step-begins"

    /// A step of a handler runs: the trace of running steps names it.
    case stepRunning = "step-running"

    /// A batch of steps has run; its effects are not yet handed to the log.
    case stepEnded = "step-ended"

    /// A step has asked for a call, and it is about to be made.
    case callBegins = "call-begins"

    /// A call has ended; its step has not run again.
    case callAnswered = "call-answered"

    /// The log has answered that a batch's effects are durable.
    case effectsCommitted = "effects-committed"

    /// The log has answered that the marks of a batch are durable.
    case marksCommitted = "marks-committed"

    /// A transaction of a projection's rows is committed, with its checkpoint.
    case rowsApplied = "rows-applied"

    /// New rows of a projection have come to the end of the log; the old ones answer still.
    case rowsComplete = "rows-complete"

    /// The file of new rows says that it answers; no query has seen it, and the old file is there.
    case rowsAnswering = "rows-answering"

    /// What has happened when a process comes to this point, and what has not.
    public var place: String {
        switch self {
        case .frameStaged: "a frame has its place in the log, nothing of it is written"
        case .frameWritten: "a frame is written, not yet flushed"
        case .frameFlushed: "a frame is flushed, nobody sees it yet or was answered"
        case .commandDecided: "a command is decided, its frame not handed to the log"
        case .stepBegins: "a handler's step is about to run"
        case .stepRunning: "a handler's step runs"
        case .stepEnded: "a step has run, its effects are not handed to the log"
        case .callBegins: "a step's call is about to be made"
        case .callAnswered: "a call is answered, its step has not run again"
        case .effectsCommitted: "the log has answered that a step's effects are durable"
        case .marksCommitted: "the log has answered that a step's mark is durable"
        case .rowsApplied: "a transaction of a projection's rows is committed"
        case .rowsComplete: "new rows have come to the end of the log, the old ones answer still"
        case .rowsAnswering: "the file of new rows says that it answers, no query has seen it"
        }
    }

    /// The points that this build has: all of them, or none.
    public static var available: [FailPoint] {
        #if DEBUG
        allCases
        #else
        []
        #endif
    }

    /// Dies here when this point is armed, and so many passes have gone before.
    @inlinable
    public func pass() {
        #if DEBUG
        dieIfArmed()
        #endif
    }

    /// A point, and at which pass it kills.
    struct Arming: Equatable {
        let point: FailPoint
        let pass: Int

        /// Reads `name` or `name:count`; nil when there is no such point, or no such pass.
        init?(_ text: String) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let point = FailPoint(rawValue: String(parts[0])),
                let pass = parts.count == 1 ? 1 : Int(parts[1]), pass > 0
            else { return nil }
            self.point = point
            self.pass = pass
        }
    }

    private static let variable = "PERILUNE_FAIL_POINT"

    private static var wanted: String? { getenv(variable).map { String(cString: $0) } }

    /// What is wrong with what the environment asks for; nil when nothing is.
    ///
    /// Said at the start: a story with a misspelt point would pass without a crash.
    public static var fault: String? {
        guard let wanted else { return nil }
        if available.isEmpty { return "\(variable) is set, and this build has no fail points" }
        return Arming(wanted) == nil ? "\(variable)=\(wanted) names no fail point" : nil
    }

    #if DEBUG
    private static let passes = Atomic(0)

    private static let armed = wanted.flatMap { Arming($0) }

    @usableFromInline
    func dieIfArmed() {
        guard let armed = Self.armed, armed.point == self else { return }
        let passes = Self.passes.add(1, ordering: .relaxed).newValue
        // From the kernel, and to the whole process: nothing is cleaned up, no other thread goes on.
        if passes == armed.pass { kill(getpid(), SIGKILL) }
    }
    #endif
}
