import ArgumentParser
import Runtime

/// Why a command that talks to a host didn't get what it asked for.
enum ClientError: Error {
    /// The host answered with a problem document.
    case problem(ProblemDocument)

    /// Nobody answers there.
    case unreachable(url: String, reason: String)

    /// An answer that isn't what the API promises: most likely something else listens there.
    case notPerilune(url: String, reason: String)

    /// A value on the command line that can't be sent.
    case invalidArgument(String, reason: String)
}

/// A problem document of the API, as it came.
struct ProblemDocument {
    let status: Int
    let code: String
    let detail: String
    let hint: String?
    let bytes: [UInt8]

    /// The whole text of a failing script, which says more than one line can.
    let text: String?

    /// Reads a document; nil when it isn't one.
    init?(status: Int, bytes: [UInt8]) {
        // Anything that isn't a document is reported as such by the caller.
        guard let value = try? JSONValue(parsing: bytes), let code = value["code"]?.string else { return nil }
        self.status = status
        self.code = code
        self.detail = value["detail"]?.string ?? ""
        self.hint = value["hint"]?.string
        self.text = value["text"]?.string
        self.bytes = bytes
    }

    /// Whether the app said no, or a condition did not hold: an answer rather than a failure.
    var isRefusal: Bool {
        status == 422 || code == "wrong-expected-revision" || code == "condition-failed"
    }
}

extension ClientError: CustomStringConvertible {
    /// All of it, where it can't be taken apart: at a prompt.
    var description: String {
        if let text, !text.isEmpty { return "\(code): \(text)" }
        return "\(code): \(detail)" + (hint.map { "\n  hint: \($0)" } ?? "")
    }

    /// Stable, kebab-case.
    var code: String {
        switch self {
        case .problem(let document): document.code
        case .unreachable: "host-unreachable"
        case .notPerilune: "unexpected-answer"
        case .invalidArgument: "invalid-argument"
        }
    }

    /// One sentence.
    var detail: String {
        switch self {
        case .problem(let document): document.detail
        case .unreachable(let url, let reason): "no host answers at \(url): \(reason)"
        case .notPerilune(let url, let reason): "what answers at \(url) is not a perilune host: \(reason)"
        case .invalidArgument(let argument, let reason): "\(argument): \(reason)"
        }
    }

    /// More than one line can say; nil when there is no more.
    var text: String? {
        if case .problem(let document) = self { document.text } else { nil }
    }

    /// What a person can do about it.
    var hint: String? {
        switch self {
        case .problem(let document): document.hint
        case .unreachable: "start one with `perilune run APP`, or name another with --url"
        case .notPerilune: "name the host with --url"
        case .invalidArgument: "see `perilune help` for examples"
        }
    }

    /// Whether a host that stops or starts explains it, so that trying again makes sense.
    var isTransient: Bool {
        switch self {
        case .unreachable: true
        case .problem(let document): document.status == 503
        case .notPerilune, .invalidArgument: false
        }
    }

    /// With what the process ends.
    var exitCode: ExitCode {
        switch self {
        case .problem(let document): document.isRefusal ? .refused : .failed
        case .unreachable: .unreachable
        case .notPerilune: .failed
        case .invalidArgument: .validationFailure
        }
    }
}
