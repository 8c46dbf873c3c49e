/// Why some bytes aren't a frame (or a segment header).
///
/// Internal to the target: whoever knows the file and the offset turns it into `EventLogError.damaged`, and
/// recovery turns it into "the log ends here".
struct FrameFault: Error {
    /// A clause that completes "the file is damaged at byte N: …".
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
