import ArgumentParser

/// What the process says when it ends. A wrong command line is 64, which ArgumentParser gives.
extension ExitCode {
    /// The host or the command failed.
    static let failed = ExitCode(1)

    /// The app's rules refused a command, or an append condition did not hold: nothing was written.
    static let refused = ExitCode(2)

    /// What was compared differs.
    static let different = ExitCode(2)

    /// No host answers at the address: EX_UNAVAILABLE of sysexits.h.
    static let unreachable = ExitCode(69)

    /// Ctrl-C ended it: 128 and the number of the signal, as shells have it.
    static let interrupted = ExitCode(130)
}
