import CLua

/// How far a call has come that may wait.
public enum LuaProgress {
    /// It ended, and these are its results.
    case finished(PackedReader)

    /// It waits in `host.suspend(...)`, which was given these values.
    case waiting(LuaSuspension, PackedReader)
}

/// A call that waits: go on with `resume`, or give it up with `drop`, once.
///
/// One that is forgotten keeps its memory until its VM closes.
public final class LuaSuspension {
    fileprivate var thread: OpaquePointer?
    fileprivate let owner: UInt

    fileprivate init(_ thread: OpaquePointer, owner: UInt) {
        self.thread = thread
        self.owner = owner
    }

    fileprivate func take(in vm: UInt) -> OpaquePointer {
        precondition(owner == vm, "a suspension belongs to the VM that it came from")
        guard let thread else { preconditionFailure("a suspension is used once") }
        self.thread = nil
        return thread
    }
}

/// What a call that waits goes on with.
public enum LuaAnswer: ~Copyable {
    /// `host.suspend` returns these values.
    case results(PackedWriter)

    /// It raises this text at the line that waited.
    case error(String)

    /// It ends the script, which can't catch it.
    case abort(LuaAbort)
}

extension LuaVM {
    /// As `call`, for a function that may wait: it runs on a stack of its own, and others can run meanwhile.
    ///
    /// Not from a host function. What it recorded before it waited is to be taken then (`takeRecords`): if
    /// the call fails later, only what came after that is dropped here.
    public func start(
        _ function: LuaFunction,
        _ arguments: borrowing PackedWriter = PackedWriter()
    ) throws(LuaError) -> LuaProgress {
        precondition(function.owner == owner, "a function belongs to the VM that it came from")
        precondition(clua_call_depth(vm) == 0, "a host function can't start a call that may wait")
        var thread: OpaquePointer?
        let status = arguments.withBytes { clua_start(vm, function.reference, $0, $1, &thread) }
        return try progress(status, thread)
    }

    /// Goes on where the call waits.
    ///
    /// Its instructions, records and output count from its beginning; its time from here.
    public func resume(
        _ suspension: LuaSuspension,
        with answer: consuming LuaAnswer
    ) throws(LuaError) -> LuaProgress {
        precondition(clua_call_depth(vm) == 0, "a host function can't go on with a call that waits")
        var thread: OpaquePointer? = suspension.take(in: owner)
        var packed = PackedWriter()
        let how: clua_host_status
        switch consume answer {
        case .results(let results):
            packed = results
            how = CLUA_HOST_RESULTS
        case .error(let text):
            packed.string(text)
            how = CLUA_HOST_ERROR
        case .abort(let abort):
            packed.string(abort.code)
            packed.string(abort.text)
            how = CLUA_HOST_ABORT
        }
        let status = packed.withBytes { clua_resume(vm, &thread, Int32(how.rawValue), $0, $1) }
        return try progress(status, thread)
    }

    /// Gives up a call that waits: none of its code runs any more, not even its `<close>` variables'.
    public func drop(_ suspension: LuaSuspension) {
        clua_drop(vm, suspension.take(in: owner))
    }

    private func progress(_ status: Int32, _ thread: OpaquePointer?) throws(LuaError) -> LuaProgress {
        if let thread { return .waiting(LuaSuspension(thread, owner: owner), results()) }
        try check(status, file: nil)
        return .finished(results())
    }
}
