import HTTPTypes

/// Header values that end up in the log: keys and correlation ids.
enum HeaderText {
    /// Printable ASCII, not empty, at most `ServerLimits.headerBytesMax` bytes.
    static func isUsable(_ text: String) -> Bool {
        (1...ServerLimits.headerBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    /// The value, or a problem that names the header.
    static func check(_ text: String, of header: HTTPField.Name) throws(Problem) -> String {
        guard isUsable(text) else {
            throw .invalidInput(
                header.rawName,
                "the header must be 1 to \(ServerLimits.headerBytesMax) printable ASCII characters"
            )
        }
        return text
    }
}

extension HTTPField.Name {
    /// Names one attempt: the same key gets the same answer.
    static var idempotencyKey: HTTPField.Name { known("Idempotency-Key") }

    /// The conversation that a request belongs to.
    static var correlationID: HTTPField.Name { known("X-Correlation-Id") }

    /// The position after which a live stream resumes.
    static var lastEventID: HTTPField.Name { known("Last-Event-ID") }

    private static func known(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is a valid header name") }
        return field
    }
}
