import GRDB
import GRDBSQLite

/// One connection to SQLite, its prepared statements and its guard.
///
/// Everything happens inside `transaction`, which runs its body on the calling thread: GRDB's queue
/// serializes with `DispatchQueue.sync`, which lends the caller's thread. (A body drives a Lua VM that is
/// bound to its thread, so a test holds this.) The host's statements and the scripts' are cached apart,
/// because a statement is authorized when it is compiled, and a script must not come by one of the host's by
/// writing the same text.
///
/// `@unchecked Sendable`: the variables are only touched inside `transaction` and `close`, on the queue.
final class Connection: @unchecked Sendable {
    /// The file, or `:memory:`, as error texts name it.
    let path: String

    private let isReader: Bool
    private let queue: DatabaseQueue
    private let limits: ReadModelLimits
    private let statementGuard: StatementGuard
    private var hostStatements: [String: PreparedStatement] = [:]
    private var scriptStatements: [String: PreparedStatement] = [:]

    /// The open connection inside `transaction`, nil outside.
    private var handle: OpaquePointer?

    /// The error, if any, after which the file can't be trusted: SQLite may have lost pages that it will not
    /// miss.
    private(set) var failure: ReadModelError?

    /// Opens the connection.
    ///
    /// One that is not read-only creates its file and uses a write-ahead log, so that readers see a snapshot
    /// and nobody waits for anybody.
    init(path: String, readOnly: Bool, limits: ReadModelLimits) throws(ReadModelError) {
        let statementGuard = StatementGuard(limits)
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.journalMode = readOnly ? .default : .wal
        configuration.busyMode = .timeout(ReadModelLimits.lockSeconds)
        configuration.prepareDatabase { database in
            sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_LENGTH, Int32(clamping: limits.bytesMax))
            sqlite3_limit(
                database.sqliteConnection,
                SQLITE_LIMIT_LIKE_PATTERN_LENGTH,
                ReadModelLimits.patternBytesMax
            )
            statementGuard.install(on: database.sqliteConnection)
            // SQLite sets up its table-valued functions when they are first used, which scripts aren't
            // authorized to do.
            try database.execute(sql: "select 1 from json_each('[]'), json_tree('[]')")
            if !readOnly {
                try database.execute(sql: "pragma journal_size_limit = \(ReadModelLimits.idleWALBytesMax)")
            }
        }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw ReadModelError(opening: path, error)
        }
        self.path = path
        isReader = readOnly
        self.limits = limits
        self.statementGuard = statementGuard
    }

    /// Runs the body on the calling thread inside one transaction; what it throws rolls back and is rethrown.
    ///
    /// Transactions of one connection take turns. A reader's is deferred: its snapshot of a file is taken
    /// when the first statement reads from it, and held to the end.
    func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try queue.writeWithoutTransaction { database in
            guard let handle = database.sqliteConnection else { throw ReadModelError.closed }
            if let failure { throw failure }
            self.handle = handle
            statementGuard.begin(.host)
            defer { self.handle = nil }
            do {
                try database.beginTransaction(isReader ? .deferred : .immediate)
                let result = try body()
                statementGuard.begin(.host)
                try database.commit()
                return result
            } catch {
                statementGuard.begin(.host)
                if database.isInsideTransaction { try database.rollback() }
                guard let error = error as? DatabaseError else { throw error }
                throw failed(
                    code: error.extendedResultCode.rawValue,
                    reason: error.message ?? "",
                    sql: "commit"
                )
            }
        }
    }

    /// Whether the transaction is still open; SQLite ends it by itself after some errors (disk full,
    /// interrupted).
    var isInsideTransaction: Bool {
        handle.map { sqlite3_get_autocommit($0) == 0 } ?? false
    }

    /// Number of files that can be attached at once, a constant of how SQLite was built (10 in Debian).
    var attachedMax: Int { handle.map { Int(sqlite3_limit($0, SQLITE_LIMIT_ATTACHED, -1)) } ?? 0 }

    /// Runs a statement and reads at most `rowsMax` rows; a script's result with more rows is an error.
    ///
    /// Only inside `transaction`.
    func rows(
        _ sql: String,
        _ parameters: [SQLValue],
        as policy: StatementGuard.Policy
    ) throws(ReadModelError) -> [SQLRow] {
        var rows: [SQLRow] = []
        _ = try run(sql, parameters, as: policy) { (row) throws(ReadModelError) in
            if rows.count == limits.rowsMax {
                throw .resultTooLarge(sql, limit: limits.rowsMax, unit: "rows")
            }
            rows.append(row)
            return true
        }
        return rows
    }

    /// Runs a statement up to its first row, if it has one.
    ///
    /// Only inside `transaction`.
    func row(
        _ sql: String,
        _ parameters: [SQLValue],
        as policy: StatementGuard.Policy
    ) throws(ReadModelError) -> SQLRow? {
        var first: SQLRow?
        _ = try run(sql, parameters, as: policy) { (row) throws(ReadModelError) in
            first = row
            return false
        }
        return first
    }

    /// Runs a statement to its end.
    ///
    /// Only inside `transaction`.
    /// - Returns: rows that it inserted, updated or deleted.
    func execute(
        _ sql: String,
        _ parameters: [SQLValue],
        as policy: StatementGuard.Policy
    ) throws(ReadModelError) -> Int {
        try run(sql, parameters, as: policy) { (_) throws(ReadModelError) in true }
    }

    /// Moves what was committed from the write-ahead log into the file, and flushes both: it then outlives a
    /// power failure.
    func flush() throws(ReadModelError) {
        do {
            try queue.writeWithoutTransaction { database in
                statementGuard.begin(.host)
                _ = try database.checkpoint(.passive)
            }
        } catch {
            throw .file(operation: "flushing", path: path, reason: "\(error)")
        }
    }

    /// Closes the connection, once its transaction has ended; further transactions throw `.closed`.
    func close() throws(ReadModelError) {
        do {
            queue.writeWithoutTransaction { _ in
                // SQLite doesn't close while compiled statements are left.
                hostStatements = [:]
                scriptStatements = [:]
            }
            try queue.close()
        } catch {
            throw .file(operation: "closing", path: path, reason: "\(error)")
        }
    }
}

extension Connection {
    /// The one way to run a statement; `take` gets each row, and returns whether it wants the next.
    private func run(
        _ sql: String,
        _ parameters: [SQLValue],
        as policy: StatementGuard.Policy,
        _ take: (SQLRow) throws(ReadModelError) -> Bool
    ) throws(ReadModelError) -> Int {
        guard let handle else { throw .closed }
        statementGuard.begin(policy)
        let statement = try prepared(sql, policy, on: handle)
        try check(parameters, of: statement)
        defer { statement.reset() }
        let bound = statement.bind(parameters)
        guard bound == SQLITE_OK else { throw failed(code: bound, on: handle, sql: sql) }
        var bytesLeft = limits.bytesMax
        while true {
            switch statement.step() {
            case SQLITE_ROW:
                if try !take(try row(of: statement, &bytesLeft)) { return changes(by: statement, on: handle) }
            case SQLITE_DONE:
                return changes(by: statement, on: handle)
            case let code:
                throw failed(code: code, on: handle, sql: sql)
            }
        }
    }

    private func changes(by statement: PreparedStatement, on handle: OpaquePointer) -> Int {
        // After a statement that changes nothing, SQLite still has the number of the one before.
        statement.isReadOnly ? 0 : Int(sqlite3_changes64(handle))
    }

    /// One of the host's statements, compiled; only inside `transaction`.
    func hostStatement(_ sql: String) throws(ReadModelError) -> PreparedStatement {
        guard let handle else { throw .closed }
        statementGuard.begin(.host)
        return try prepared(sql, .host, on: handle)
    }

    private func prepared(
        _ sql: String,
        _ policy: StatementGuard.Policy,
        on handle: OpaquePointer
    ) throws(ReadModelError) -> PreparedStatement {
        let isHost = if case .host = policy { true } else { false }
        if let known = isHost ? hostStatements[sql] : scriptStatements[sql] { return known }
        guard sql.utf8.count <= ReadModelLimits.statementBytesMax else {
            throw .notAllowed(
                sql,
                reason: "a statement has at most \(ReadModelLimits.statementBytesMax) bytes"
            )
        }
        guard !sql.utf8.contains(0) else { throw .notAllowed(sql, reason: "a statement can't contain NUL") }
        switch PreparedStatement.compile(sql, on: handle) {
        case .statement(let statement):
            if case .reading = policy, statement.columns.isEmpty {
                throw .notAllowed(sql, reason: "a query must select")
            }
            if isHost {
                hostStatements[sql] = statement
            } else {
                if scriptStatements.count >= limits.preparedStatementsMax { scriptStatements = [:] }
                scriptStatements[sql] = statement
            }
            return statement
        case .empty: throw .sql(sql, reason: "there is no statement")
        case .several: throw .notAllowed(sql, reason: "only one statement at a time is allowed")
        case .failed(let code): throw failed(code: code, on: handle, sql: sql)
        }
    }

    private func check(_ parameters: [SQLValue], of statement: PreparedStatement) throws(ReadModelError) {
        guard parameters.count == statement.parameterCount else {
            throw .parameters(statement.sql, expected: statement.parameterCount, given: parameters.count)
        }
        for case .real(let number) in parameters where !number.isFinite {
            throw .sql(statement.sql, reason: "NaN and infinity can't be stored")
        }
    }

    private func row(of statement: PreparedStatement, _ bytesLeft: inout Int) throws(ReadModelError) -> SQLRow
    {
        var values: [SQLValue] = []
        for (index, value) in statement.values().enumerated() {
            switch value {
            case nil:
                throw .sql(statement.sql, reason: "column \(statement.columns[index]) is not UTF-8 text")
            case .text(let text): bytesLeft -= text.utf8.count
            case .blob(let blob): bytesLeft -= blob.count
            default: break
            }
            if let value { values.append(value) }
        }
        if bytesLeft < 0 { throw .resultTooLarge(statement.sql, limit: limits.bytesMax, unit: "bytes") }
        return SQLRow(columns: statement.columns, values: values)
    }
}

extension Connection {
    private func failed(code: Int32, on handle: OpaquePointer, sql: String) -> ReadModelError {
        failed(code: code, reason: String(cString: sqlite3_errmsg(handle)), sql: sql)
    }

    /// Turns SQLite's result into our error, and remembers one after which the file can't be trusted.
    private func failed(code: Int32, reason: String, sql: String) -> ReadModelError {
        if let denial = statementGuard.denial { return .notAllowed(sql, reason: denial) }
        if statementGuard.isExhausted, code & 0xFF == SQLITE_INTERRUPT {
            return .budget(sql, limit: limits.statementInstructionsMax)
        }
        if statementGuard.isTooLate, code & 0xFF == SQLITE_INTERRUPT {
            return .timeout(sql, milliseconds: limits.statementMillisecondsMax)
        }
        let error = ReadModelError(code: code, reason: reason, sql: sql, path: path)
        if ReadModelError.endsTrust(code: code) { failure = error }
        return error
    }
}
