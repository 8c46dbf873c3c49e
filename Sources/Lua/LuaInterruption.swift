import CLua

/// Ends what a VM runs, from another thread: Ctrl-C at a prompt.
///
/// No script can catch it; the call throws `script-interrupted`. It holds until it is cleared, so a call that
/// begins later ends too.
///
/// `@unchecked Sendable` is true because the flag is read and written atomically, by C.
public final class LuaInterruption: @unchecked Sendable {
    let flag: UnsafeMutablePointer<Int32>

    /// One that interrupts nothing yet.
    public init() {
        flag = .allocate(capacity: 1)
        flag.initialize(to: 0)
    }

    deinit {
        flag.deallocate()
    }

    /// Whether it was raised, and not cleared since.
    public var isRaised: Bool { clua_read_flag(flag) != 0 }

    /// Ends what the VM runs, at its next look.
    public func raise() {
        clua_raise_flag(flag, 1)
    }

    /// Lets calls run again.
    public func clear() {
        clua_raise_flag(flag, 0)
    }
}
