import CLua

/// A sandboxed Lua interpreter: packed values in, packed values and records out.
///
/// Invariants:
/// - One thread at a time uses it; it isn't Sendable, so it stays with its owner.
/// - A call that throws leaves the VM usable, and leaves nothing that it recorded.
/// - No Lua error crosses a Swift frame: everything that can raise runs in C, inside a protected call.
public final class LuaVM {
    /// What each call may spend.
    public let limits: LuaLimits

    private var handle: OpaquePointer?
    private var hostFunctions: [HostFunction] = []
    private var spareAnswers: [AnswerBuffer] = []
    var sources = ScriptSources()
    private var interruption: LuaInterruption?

    /// A new VM.
    ///
    /// Equal seeds give equal traversal orders inside Lua, so that histories can be replayed.
    ///
    /// - Throws: `script-memory-limit` when there is no memory for it.
    public init(seed: UInt32, limits: LuaLimits = LuaLimits()) throws(LuaError) {
        self.limits = limits
        let bounds = clua_limits(
            instructions: UInt64(limits.instructions),
            memory_bytes: UInt64(limits.memoryBytes),
            output_bytes: UInt64(limits.outputBytes),
            records: UInt64(limits.records),
            milliseconds: UInt64(limits.milliseconds),
            counted: UInt32(limits.countedInstructions)
        )
        // Unretained is enough: the C side lives inside this object's life, and calls back only while we call
        // it.
        handle = clua_new(seed, bounds, callHost, Unmanaged.passUnretained(self).toOpaque())
        if handle == nil { throw LuaError(kind: .memory, message: "there is no memory for a new Lua VM") }
    }

    deinit {
        close()
    }

    /// Ends the VM, frees its memory and lets the host functions go; further calls trap.
    ///
    /// Not to be called from a host function.
    public func close() {
        guard let handle else { return }
        precondition(clua_call_depth(handle) == 0, "a VM can't be closed by a host function that it called")
        self.handle = nil
        hostFunctions = []
        clua_close(handle)
    }

    /// Makes `host.name` in privileged chunks call this function.
    public func register(_ name: String, _ function: @escaping HostFunction) {
        hostFunctions.append(function)
        let status = clua_register(vm, name, Int32(hostFunctions.count - 1))
        precondition(status == LuaStatus.ok, "there is no memory to register host.\(name)")
    }

    /// Declares the members of a kind of object.
    ///
    /// - Parameters:
    ///   - complaint: how the error about an unknown member begins: `an event has no field`. A host function
    ///     `suggest(name, names)` gives its hint.
    ///   - ready: members that are there from the beginning.
    ///   - rare: members that are made when one of them is asked for.
    /// - Returns: what `PackedWriter.shaped` takes.
    public func declareShape(complaint: String, ready: [String], rare: [String] = []) -> LuaShape {
        var texts = PackedWriter()
        for text in [complaint] + ready + rare { texts.string(text) }
        let number = texts.withBytes { clua_declare_shape(vm, Int32(ready.count), $0, $1) }
        precondition(number >= 0, "there is no memory for a shape, or there are too many")
        return LuaShape(number: number, owner: owner)
    }

    /// Lets another thread end the calls of this VM; with nil, nobody any more.
    public func watch(_ interruption: LuaInterruption?) {
        self.interruption = interruption
        clua_watch_flag(vm, interruption?.flag)
    }

    /// Calls a function.
    ///
    /// Budgets begin anew, unless a host function calls: then it shares the budget of its caller.
    ///
    /// - Throws: `script-error`, `script-bad-value` for arguments or results that can't cross, or the code
    ///   of a limit.
    public func call(
        _ function: LuaFunction,
        _ arguments: borrowing PackedWriter = PackedWriter()
    ) throws(LuaError) -> PackedReader {
        precondition(function.owner == owner, "a function belongs to the VM that it came from")
        let status = arguments.withBytes { clua_call(vm, function.reference, $0, $1) }
        try check(status, file: nil)
        return results()
    }

    /// Instructions that the last call took, to the nearest `LuaLimits.countedInstructions` below, with what
    /// C functions charged.
    public var instructionsUsed: Int { Int(clua_instructions_used(vm)) }

    /// Bytes of Lua's memory in use, garbage included.
    public var memoryUsed: Int { Int(clua_memory_used(vm)) }

    /// Bytes that the VM keeps for small blocks, free ones included: at most twice its limit while scripts
    /// run.
    public var memoryHeld: Int { Int(clua_memory_held(vm)) }

    /// What scripts can name, globals and fields of those, in no order; none when there is no memory left to
    /// gather it.
    public func names() -> [String] {
        guard clua_names(vm) == LuaStatus.ok else { return [] }
        return results().compactMap(\.text)
    }

    var vm: OpaquePointer {
        guard let handle else { preconditionFailure("the VM is closed") }
        return handle
    }

    var owner: UInt { UInt(bitPattern: vm) }

    func results() -> PackedReader {
        var count = 0
        let bytes = clua_results(vm, &count)
        return PackedReader(Array(UnsafeBufferPointer(start: bytes, count: count)))
    }

    func check(_ status: Int32, file: String?) throws(LuaError) {
        guard status != LuaStatus.ok else { return }
        let failure = LuaFailure(clua_last_failure(vm), status: status, file: file)
        throw LuaError(failure, sources: sources, limits: limits, names: names)
    }
}

// The way back: from C into a host function.
extension LuaVM {
    fileprivate func answer(_ index: Int32, _ arguments: UnsafeBufferPointer<UInt8>) -> Int32 {
        var reader = PackedReader(Array(arguments))
        let answer = spareAnswers.popLast() ?? AnswerBuffer()
        var status = CLUA_HOST_RESULTS
        do {
            try hostFunctions[Int(index)](&reader, &answer.writer)
        } catch {
            answer.writer.removeAll()
            status = Self.write(error, to: &answer.writer)
        }
        let copied = answer.writer.withBytes { clua_host_answer(vm, $0, $1) }
        precondition(copied != 0, "there is no memory for the answer of a host function")
        answer.writer.removeAll()
        spareAnswers.append(answer)
        return Int32(status.rawValue)
    }

    private static func write(_ error: any Error, to writer: inout PackedWriter) -> clua_host_status {
        switch error {
        case let abort as LuaAbort:
            writer.string(abort.code)
            writer.string(abort.text)
            return CLUA_HOST_ABORT
        case let error as LuaError:
            if let value = error.value { writer.json(value) } else { writer.string(error.positionedMessage) }
            return CLUA_HOST_ERROR_VALUE
        default:
            writer.string(String(describing: error))
            return CLUA_HOST_ERROR
        }
    }
}

/// Keeps the bytes of an answer for the next one.
private final class AnswerBuffer {
    var writer = PackedWriter()
}

private func callHost(
    _ context: UnsafeMutableRawPointer?,
    _ function: Int32,
    _ arguments: UnsafePointer<UInt8>?,
    _ count: Int
) -> Int32 {
    guard let context else { preconditionFailure("the VM lost its owner") }
    let vm = Unmanaged<LuaVM>.fromOpaque(context).takeUnretainedValue()
    return vm.answer(function, UnsafeBufferPointer(start: arguments, count: count))
}
