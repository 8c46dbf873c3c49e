import Testing

/// All stories, one after another, because each wants the machine for itself.
///
/// A story starts the real `perilune` as a process of its own and looks at it from outside alone: over HTTP,
/// through the command line, and by signals.
@Suite(.serialized) enum Stories {
    /// Frames that a host commits before anything else when its app, of one file, is new to the log: the
    /// text, and the fact that it is live.
    static let framesOfNewScripts = 2

    /// A fail point as a host is armed with it that begins with such an app: its own frames pass first.
    static func armed(_ point: String) -> String {
        guard point.hasPrefix("frame-") else { return point }
        let parts = point.split(separator: ":")
        let pass = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
        return "\(parts[0]):\(framesOfNewScripts + pass)"
    }
}
