import EventLog
import Runtime

/// Names as they come in a path or a body: decoded strictly, and checked before anything else sees them.
///
/// What is written over HTTP holds no `/`, no `\` and no `..`: names end up in URLs, in shell commands and in
/// the file names of exports, and allowing more later is easy, while names in a log are there for ever.
/// Reading takes any name that a log can hold, so that a stream that a script made can be looked at.
enum PathNames {
    /// What the caller wants with the name.
    enum Use {
        case reading
        case writing
    }

    /// The name in a path segment; `what` says what it names: `stream`, `key`.
    static func decode(_ segment: String, as what: String, for use: Use) throws(Problem) -> String {
        guard let name = PercentCoding.decode(segment.utf8, plusIsSpace: false) else {
            throw invalid(what, segment, "it isn't percent-encoded UTF-8")
        }
        return try check(name, as: what, for: use)
    }

    /// The name itself, if it can be used.
    static func check(_ name: String, as what: String, for use: Use) throws(Problem) -> String {
        if name.isEmpty {
            throw invalid(what, name, "it is empty")
        }
        if name.utf8.count > LogLimits.nameBytesMax {
            throw invalid(what, name, "it is longer than \(LogLimits.nameBytesMax) bytes")
        }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw invalid(what, name, "it holds a control character")
        }
        if use == .writing, name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") })
        {
            throw invalid(what, name, "it holds a slash")
        }
        if use == .writing ? name.contains("..") || name == "." : name == ".." || name == "." {
            throw invalid(what, name, "it looks like a path")
        }
        return name
    }

    /// A stream's name in a request's body or path, checked by the log's rules too.
    static func stream(_ name: String, for use: Use) throws -> StreamName {
        try StreamName(try check(name, as: "stream", for: use))
    }

    /// An event's type in a body; like a category, one that begins with `$` is the host's.
    static func eventType(_ name: String) throws(Problem) -> String {
        if name.hasPrefix("$") { throw invalid("type", name, "types that begin with \"$\" are the host's") }
        return try check(name, as: "type", for: .writing)
    }

    private static func invalid(_ what: String, _ name: String, _ reason: String) -> Problem {
        Problem(
            "invalid-name",
            "the \(what) \(name.prefix(80).debugDescription) can't be used: \(reason)",
            hint:
                "use printable UTF-8 without slashes, percent-encoded, up to \(LogLimits.nameBytesMax) bytes",
            members: [("field", .string(what))]
        )
    }
}
