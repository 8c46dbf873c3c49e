import CLua

/// Why a call failed, by who has to act on it.
public enum LuaErrorKind: String, Sendable, CaseIterable {
    /// The text isn't Lua.
    case syntax

    /// The script raised an error.
    case runtime

    /// It used up its memory.
    case memory

    /// It used up its instructions.
    case instructions

    /// It ran for too long.
    case time

    /// It recorded or returned too much.
    case output

    /// A host function ended it.
    case aborted

    /// Another thread ended it.
    case interrupted

    /// An argument or a result can't cross between Swift and Lua.
    case conversion

    /// Stable name of the kind, for the API, the command line and scripts.
    public var code: String {
        switch self {
        case .syntax: "script-syntax"
        case .runtime: "script-error"
        case .memory: "script-memory-limit"
        case .instructions: "script-instruction-limit"
        case .time: "script-time-limit"
        case .output: "script-output-limit"
        case .aborted: "script-aborted"
        case .interrupted: "script-interrupted"
        case .conversion: "script-bad-value"
        }
    }
}

/// The statuses of `CLua.h`, in the type that its functions return.
enum LuaStatus {
    static let ok = Int32(CLUA_OK.rawValue)
    static let records = Int32(CLUA_RECORDS.rawValue)

    static func kind(_ status: Int32) -> LuaErrorKind {
        switch clua_status(rawValue: UInt32(status)) {
        case CLUA_SYNTAX: .syntax
        case CLUA_CONVERSION: .conversion
        case CLUA_MEMORY: .memory
        case CLUA_INSTRUCTIONS: .instructions
        case CLUA_TIME: .time
        case CLUA_OUTPUT, CLUA_RECORDS: .output
        case CLUA_ABORTED: .aborted
        case CLUA_INTERRUPTED: .interrupted
        default: .runtime
        }
    }
}
