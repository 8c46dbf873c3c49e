import EventLog
import Foundation

/// The header `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
enum RetryAfter {
    /// Microseconds that the server asks to wait; nil for a text that is neither.
    ///
    /// A time that has passed is no wait; one beyond `RuntimeLimits.retryAfterMax` is that.
    static func microseconds(_ text: String, now: LogTime) -> Int64? {
        let text = text.trimmingCharacters(in: .whitespaces)
        let most = RuntimeLimits.retryAfterMax
        if !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) {
            // More digits than a number has are longer than anybody waits.
            guard let seconds = Int64(text), seconds < most / 1_000_000 else { return most }
            return seconds * 1_000_000
        }
        guard let date = date(text) else { return nil }
        return max(0, min(most, Int64(date.timeIntervalSince1970) * 1_000_000 - now))
    }

    /// The one form that may be sent, `Sun, 06 Nov 1994 08:49:37 GMT`, and the two that were once.
    private static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        for format in [
            "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy",
        ] {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date }
        }
        return nil
    }
}
