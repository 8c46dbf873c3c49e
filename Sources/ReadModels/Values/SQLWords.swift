/// Finds the words of a statement, to tell which tables it may name before SQLite has seen it.
///
/// A word in a text or a comment counts, too: then a read model is attached in vain, which is harmless.
enum SQLWords {
    /// The words of the statement, lower-case, since SQL's names don't tell cases apart.
    static func words(of sql: String) -> Set<String> {
        Set(sql.utf8.split { !isWordByte($0) }.map { String(decoding: $0, as: UTF8.self).lowercased() })
    }

    /// Whether a byte can be part of an unquoted name; SQLite takes every byte beyond ASCII for a letter.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }
}

/// Names of tables that no projection can declare and no script can touch.
enum ReservedTables {
    /// The one table of the host in each file: which declaration its rows come from, and how far they go.
    static let checkpoint = "_perilune_checkpoint"

    /// The host's own, SQLite's schema and counters, and SQLite's built-in tables about itself.
    static let prefixes = ["_perilune", "sqlite_", "pragma_", "dbstat", "bytecode", "tables_used"]
}
