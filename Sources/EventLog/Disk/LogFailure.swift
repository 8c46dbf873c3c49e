import Synchronization

/// Why a log takes no appends any more; set once, by the first failure.
final class LogFailure: Sendable {
    private let first: Mutex<String?>

    init(_ reason: String?) {
        first = Mutex(reason)
    }

    /// nil while the log is sound.
    var reason: String? { first.withLock { $0 } }

    func set(_ reason: String) {
        first.withLock { $0 = $0 ?? reason }
    }
}
