import Logging

extension Logger {
    /// Says nothing: what a log reports to people is no part of what it promises to callers.
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
