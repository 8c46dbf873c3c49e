import Foundation

/// A regular expression that can be kept in a table of rules.
struct Pattern: Sendable {
    private let expression: NSRegularExpression

    init(_ text: String) {
        do {
            expression = try NSRegularExpression(pattern: text, options: [.anchorsMatchLines])
        } catch {
            preconditionFailure("'\(text)' is no regular expression: \(error)")
        }
    }

    func matches(_ text: String) -> Bool {
        expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }

    /// Of each match its first group, or all of it when the expression has no group.
    func captures(in text: String) -> [String] {
        expression.matches(in: text, range: NSRange(text.startIndex..., in: text)).compactMap { match in
            let group = expression.numberOfCaptureGroups > 0 ? 1 : 0
            return Range(match.range(at: group), in: text).map { String(text[$0]) }
        }
    }
}
