/// What a projection declares: its name, its tables and the version of both.
public struct ReadModelDeclaration: Hashable, Sendable {
    /// One table that a projection keeps.
    public struct Table: Hashable, Sendable {
        /// Name, unique among all projections: a letter or `_`, then letters, digits and `_`.
        public var name: String

        /// What stands between the parentheses of `CREATE TABLE`: `account text primary key, balance integer
        /// not null`.
        public var columns: String

        /// A table of this name with these columns.
        public init(name: String, columns: String) {
            self.name = name
            self.columns = columns
        }
    }

    /// Name of the projection: lower-case letters, digits, `-`, `_`, `.`, beginning with a letter or a digit.
    public var name: String

    /// The tables that it keeps.
    public var tables: [Table]

    /// Hash of the projection's script and tables; another version means other rows, so it begins from
    /// nothing.
    public var version: String

    /// Whether rows of another version, with the same tables, are kept as they are, and gone on with.
    public var keepsRows: Bool

    /// A declaration; `ReadModelStore.open` checks it.
    public init(name: String, tables: [Table], version: String, keepsRows: Bool = false) {
        self.name = name
        self.tables = tables
        self.version = version
        self.keepsRows = keepsRows
    }

    /// Everything that the rows depend on; what the file of a generation must have been made from.
    var identity: String { version + "\n" + shape }

    /// The part of the identity that the tables are.
    var shape: String { tables.map { "\($0.name) (\($0.columns))" }.joined(separator: "\n") }

    func validate() throws(ReadModelError) {
        try Self.validate(projection: name)
        var seen: Set<String> = []
        for table in tables {
            try Self.validate(table: table.name)
            guard seen.insert(table.name.lowercased()).inserted else {
                throw .tableTaken(table.name, by: name)
            }
            // SQLite doesn't ask about functions in default values, so they are looked for in the text.
            let forbidden = SQLWords.words(of: table.columns).intersection(StatementGuard.forbiddenFunctions)
            if let function = forbidden.min() {
                throw .notAllowed(table.columns, reason: "\(function) is not allowed in a table's columns")
            }
        }
    }

    /// The name becomes a file's name, so nothing in it may mean anything to the file system.
    private static func validate(projection name: String) throws(ReadModelError) {
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        guard let first = name.unicodeScalars.first, letters.unicodeScalars.contains(first) else {
            throw .invalidName(name, reason: "it must begin with a lower-case letter or a digit")
        }
        guard name.unicodeScalars.allSatisfy((letters + "-_.").unicodeScalars.contains) else {
            throw .invalidName(
                name,
                reason: "only lower-case letters, digits, \"-\", \"_\" and \".\" are allowed"
            )
        }
        guard name.utf8.count <= ReadModelLimits.nameBytesMax else {
            throw .invalidName(name, reason: "it is longer than \(ReadModelLimits.nameBytesMax) bytes")
        }
    }

    private static func validate(table name: String) throws(ReadModelError) {
        let isPlain = name.utf8.allSatisfy { SQLWords.isWordByte($0) && $0 < 0x80 }
        guard let first = name.utf8.first, isPlain, !(0x30...0x39).contains(first) else {
            throw .invalidName(
                name,
                reason: "a table's name is a letter or \"_\", then letters, digits and \"_\""
            )
        }
        let lowercased = name.lowercased()
        if let prefix = ReservedTables.prefixes.first(where: lowercased.hasPrefix) {
            throw .invalidName(name, reason: "tables that begin with \"\(prefix)\" belong to the host")
        }
        guard name.utf8.count <= ReadModelLimits.nameBytesMax else {
            throw .invalidName(name, reason: "it is longer than \(ReadModelLimits.nameBytesMax) bytes")
        }
    }
}
