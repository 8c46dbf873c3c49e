/// What one call into a VM may spend.
///
/// A call that reaches a limit is killed: no script can catch that, and nothing that it recorded stays.
public struct LuaLimits: Sendable {
    /// Interpreted instructions, counted in thousands, plus what our C functions charge for their work.
    public var instructions: Int

    /// Bytes of Lua's memory while script code runs, all that the VM holds included.
    public var memoryBytes: Int

    /// Bytes that one call may record or hand over.
    public var outputBytes: Int

    /// Records that one call may make.
    public var records: Int

    /// Wall-clock milliseconds: the net behind the instruction count, host functions included.
    public var milliseconds: Int

    /// Instructions that are counted at once: fewer (2 at least) tell more exactly what a short call took,
    /// and make it slower.
    public var countedInstructions = defaultCountedInstructions

    /// As many as a look at the budget costs nothing beside.
    public static let defaultCountedInstructions = 1_000

    /// About a second of plain Lua: a step that needs more holds up its lane.
    public static let defaultInstructions = 50_000_000

    /// Room for some ten thousand live aggregate states; a VM with the prelude and an app needs under 1 MiB.
    public static let defaultMemoryBytes = 64 << 20

    /// The largest frame that the log takes.
    public static let defaultOutputBytes = 16 << 20

    /// Ten times the events that a frame takes, because not every record becomes an event.
    public static let defaultRecords = 10_000

    /// Five times what the instructions need on a quiet core, so that a busy machine doesn't fail healthy
    /// steps.
    public static let defaultMilliseconds = 5_000

    /// The defaults, or what is given.
    public init(
        instructions: Int = defaultInstructions,
        memoryBytes: Int = defaultMemoryBytes,
        outputBytes: Int = defaultOutputBytes,
        records: Int = defaultRecords,
        milliseconds: Int = defaultMilliseconds
    ) {
        self.instructions = instructions
        self.memoryBytes = memoryBytes
        self.outputBytes = outputBytes
        self.records = records
        self.milliseconds = milliseconds
    }
}
