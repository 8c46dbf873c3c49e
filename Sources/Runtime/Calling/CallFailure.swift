/// Why a call of a step has no answer: what `http` raises in the script, where `pcall` can catch it.
public enum CallFailure: Error, Hashable, Sendable {
    /// No origin of `allow` covers the URL; nothing was looked up.
    case notAllowed(OutboundURL)

    /// The name leads to an address that its origin in `allow` doesn't permit.
    case addressRefused(String, address: String)

    /// The connection couldn't be made, or broke.
    case failed(String, reason: String)

    /// The whole answer wasn't there in time.
    case timeout(String, milliseconds: Int64)

    /// The answer is longer than a step may read.
    case tooLarge(String, bytesMax: Int)

    /// The server is busy, and says how long: 429 or 503 with `Retry-After`.
    case retryAfter(String, status: Int, microseconds: Int64)

    /// The step has made as many calls as a step may.
    case tooMany(callsMax: Int)

    /// The processor stopped while an at-most-once step waited: nobody knows what the server did.
    case stopped(String)
}

extension CallFailure: CustomStringConvertible {
    /// Stable, kebab-case: `problem.code` in a script, and the code of a step that fails with it.
    public var code: String {
        switch self {
        case .notAllowed: "http-not-allowed"
        case .addressRefused: "http-address-refused"
        case .failed: "http-failed"
        case .timeout: "http-timeout"
        case .tooLarge: "http-too-large"
        case .retryAfter: Self.retryAfterCode
        case .tooMany: "http-too-many"
        case .stopped: "http-stopped"
        }
    }

    static let retryAfterCode = "http-retry-after"

    /// What happened, in one sentence.
    public var description: String {
        switch self {
        case .notAllowed(let url): "the app doesn't allow calls to \(url.origin)"
        case .addressRefused(let host, let address):
            "\(host) leads to \(address), an address that its origin in `allow` doesn't permit"
        case .failed(let url, let reason): "no answer from \(url): \(reason)"
        case .timeout(let url, let milliseconds):
            "no answer from \(url) within \(Self.text(milliseconds: milliseconds))"
        case .tooLarge(let url, let bytesMax): "the answer from \(url) is longer than \(bytesMax) bytes"
        case .retryAfter(let url, let status, let microseconds):
            "\(url) answered \(status), to be asked again in "
                + Self.text(milliseconds: microseconds / 1_000)
        case .tooMany(let callsMax): "a step makes at most \(callsMax) calls"
        case .stopped(let url): "the processor stopped while the step waited for \(url)"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .notAllowed(let url): "add it in app.lua: allow = { \"\(url.origin)\" }"
        case .addressRefused:
            """
            list the address itself in `allow`, or for a private network \
            { "http://name", private = true }
            """
        case .failed, .timeout: "the step is tried again by the handler's retry; look at the server"
        case .tooLarge: "ask the server for less: a page, or fewer fields"
        case .retryAfter: "the next attempt waits as long as the server asked"
        case .tooMany: "let the step emit an event for each part, and call from a handler of those"
        case .stopped: "ask the server what became of it, then `perilune retry` or `perilune skip`"
        }
    }

    /// 30 s; 1,500 ms.
    private static func text(milliseconds: Int64) -> String {
        milliseconds.isMultiple(of: 1_000) ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }
}
