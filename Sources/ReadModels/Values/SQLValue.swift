/// One value in a cell of a read model or in a statement's parameter: SQLite's five kinds.
public enum SQLValue: Hashable, Sendable {
    /// No value.
    case null

    /// A 64-bit integer; truth values are 0 and 1.
    case integer(Int64)

    /// A double; NaN and infinities are refused as parameters, because SQLite would turn NaN into null.
    case real(Double)

    /// Unicode text; it may contain NUL.
    case text(String)

    /// Bytes.
    case blob([UInt8])
}
