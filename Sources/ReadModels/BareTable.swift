import GRDBSQLite

/// What SQLite alone does with rows that are ready: the limit that a projection is measured against.
///
/// The same connection, guard and prepared statements as a read model has, but one statement, without a
/// script, without a checkpoint. For benchmarks alone.
public final class BareTable {
    private let connection: Connection
    private let statement: String

    /// Makes the table in a new file.
    ///
    /// - Parameters:
    ///   - folder: where the file is made.
    ///   - declaration: its name and tables.
    ///   - statement: what is run for each row, one `?` for each of its values.
    /// - Throws: `ReadModelError`.
    public init(
        folder: String,
        declaration: ReadModelDeclaration,
        statement: String
    ) throws(ReadModelError) {
        let file = GenerationFile(folder: folder, name: declaration.name, number: 1)
        let connection = try Connection(path: file.path, readOnly: false, limits: ReadModelLimits())
        try connection.hostTransaction { try connection.create(declaration, answers: true) }
        self.connection = connection
        self.statement = statement
    }

    /// Runs the statement for each row, all in one transaction.
    ///
    /// - Throws: `ReadModelError`.
    public func insert(_ rows: some Sequence<[SQLValue]>) throws {
        try connection.transaction {
            try connection.repeatBare(statement, rows)
        }
    }

    /// Closes the file.
    ///
    /// - Throws: `ReadModelError.file`.
    public func close() throws(ReadModelError) { try connection.close() }
}

extension Connection {
    /// Compiled once, then bound, stepped and reset: nothing else happens for a row; only inside
    /// `transaction`.
    fileprivate func repeatBare(_ sql: String, _ rows: some Sequence<[SQLValue]>) throws(ReadModelError) {
        let statement = try hostStatement(sql)
        for row in rows {
            guard statement.bind(row) == SQLITE_OK, statement.step() == SQLITE_DONE else {
                throw .sql(sql, reason: "the row can't be written")
            }
            statement.reset()
        }
    }
}
