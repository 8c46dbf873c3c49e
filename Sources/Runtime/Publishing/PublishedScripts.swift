import EventLog

/// A script set that went live, as the log tells it.
public struct PublishedScripts: Hashable, Sendable {
    /// How a set came to be live.
    public enum Origin: String, Hashable, Sendable {
        /// From the folder that the host runs: at its start, or since a file was saved.
        case folder
        /// By somebody's request.
        case publish
        /// It had been live before, and was made live again.
        case rollback
    }

    /// Names the set: it is the `rule` in the meta of every event that it decided.
    public let hash: String

    /// The hash of the set that was live before; nil for the first.
    public let parent: String?

    /// Name of the app's folder.
    public let app: String

    /// What names the text of each file, by its path: where the log keeps it.
    public let files: [String: String]

    /// How it came to be live.
    public let origin: Origin

    /// Who published it, when that was said.
    public let author: String?

    /// Why, when that was said.
    public let note: String?

    /// What is decided behind this position is decided by it.
    public let position: Position

    /// When it went live.
    public let time: LogTime
}
