import Dispatch
import Foundation

/// Lets Ctrl-C end a command that would go on for ever, as a success: that is how one leaves it.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Ends the process with 0 on SIGINT and SIGTERM, as long as this value is kept.
    init() {
        sources = [SIGINT, SIGTERM].map { number in
            // The default action would end the process before the source hears of the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { exit(0) }
            source.resume()
            return source
        }
    }
}
