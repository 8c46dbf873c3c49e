import EventLog
import Foundation
import Synchronization

/// How far a long piece of work is, for somebody who waits at a terminal: one line on standard error that is
/// drawn over itself, and is gone at the end.
///
/// Without a terminal nothing is written. `NO_COLOR` (no-color.org) is respected.
final class ProgressBar: Sendable {
    private let name: String
    private let console: Console
    private let isShown: Bool
    private let isColored: Bool
    /// How an amount is written.
    private let text: @Sendable (Int) -> String
    /// Thousandths that were last drawn; -1 before the first.
    private let drawn = Mutex(-1)

    init(
        _ name: String,
        on console: Console = .standardError,
        text: @escaping @Sendable (Int) -> String = ByteText.text
    ) {
        self.name = name
        self.text = text
        self.console = console
        isShown = console.isTerminal
        isColored = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// What the log tells how far it is.
    var progress: LogProgress { LogProgress { [self] in show($0, of: $1) } }

    /// Draws so many of all, bytes unless told, when it would look different.
    func show(_ done: Int, of total: Int) {
        guard isShown, total > 0 else { return }
        let thousandths = min(1_000, Int(Double(done) / Double(total) * 1_000))
        drawn.withLock { drawn in
            guard thousandths != drawn else { return }
            drawn = thousandths
            let line = line(done, total, width: console.width ?? 80)
            console.text("\r\u{1B}[K" + line)
        }
    }

    /// Takes the line away.
    func clear() {
        drawn.withLock { drawn in
            if isShown, drawn >= 0 { console.text("\r\u{1B}[K") }
            drawn = -1
        }
    }

    /// `backup  ████████░░░░░░░░  52 %  1.2 GiB of 2.3 GiB`.
    private func line(_ done: Int, _ total: Int, width: Int) -> String {
        let part = min(1, max(0, Double(done) / Double(max(total, 1))))
        let percent = String(Int(part * 100))
        let padded = String(repeating: " ", count: 3 - percent.count) + percent
        let numbers = "\(padded) %  \(text(done)) of \(text(total))"
        // The last column is left free: writing to it makes some terminals begin a new line.
        let columns = min(40, width - name.count - numbers.count - 5)
        guard columns >= 8 else { return String("\(name)  \(numbers)".prefix(max(1, width - 1))) }
        let filled = Int(part * Double(columns))
        let full = String(repeating: "█", count: filled)
        let rest = String(repeating: "░", count: columns - filled)
        return "\(name)  " + (isColored ? "\u{1B}[36m\(full)\u{1B}[0m" : full) + rest + "  " + numbers
    }
}
