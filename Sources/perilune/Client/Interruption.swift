import Dispatch
import Foundation

/// Lets Ctrl-C end a command in its own way.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Runs `end` on SIGINT and SIGTERM, as long as this value is kept.
    ///
    /// - Parameter end: What ends the process; without it that is a success, since a command that would go
    ///   on for ever is left in no other way.
    init(_ end: @escaping @Sendable () -> Never = { exit(0) }) {
        sources = [SIGINT, SIGTERM].map { number in
            // The default action would end the process before the source hears of the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { end() }
            source.resume()
            return source
        }
    }
}
