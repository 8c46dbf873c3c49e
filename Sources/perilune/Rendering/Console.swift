import Foundation

/// Writes text to standard output or standard error, whole lines at once.
struct Console: Sendable {
    private let descriptor: Int32

    /// For results.
    static let standardOutput = Console(descriptor: STDOUT_FILENO)

    /// For what went wrong, and for remarks.
    static let standardError = Console(descriptor: STDERR_FILENO)

    /// Whether a person looks at it.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal; nil when it is none, and nothing has to fit.
    var width: Int? {
        var size = winsize()
        guard isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes a line.
    ///
    /// Ends the process quietly when nobody reads any more: `perilune tail | head` is no
    /// failure.
    func line(_ text: String) {
        self.text(text + "\n")
    }

    /// Writes text as it is.
    func text(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR && errno != EAGAIN {
                exit(errno == EPIPE ? 0 : 1)
            }
        }
    }
}
