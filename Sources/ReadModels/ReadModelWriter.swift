/// What a projection's step can do with its own tables, inside the transaction of one `ReadModel.apply`.
///
/// Valid until the body of `apply` returns; used later, everything throws `.closed`.
public final class ReadModelWriter {
    private let connection: Connection
    private let policy: StatementGuard.Policy
    private let tables: [String]
    private var isOpen = true

    /// The error after which the transaction can't be committed, even if the script caught it.
    private(set) var fatal: ReadModelError?

    init(connection: Connection, tables: [String]) {
        self.connection = connection
        self.tables = tables.sorted()
        policy = .writing(tables: Set(tables.map { $0.lowercased() }))
    }

    /// One that also reads the tables of an older generation, under `ReadModel.oldSchema`.
    init(migrating connection: Connection, tables: [String]) {
        self.connection = connection
        self.tables = tables.sorted()
        policy = .migrating(tables: Set(tables.map { $0.lowercased() }))
    }

    /// Runs one `insert`, `update`, `delete` (or `select`, for nothing).
    /// - Parameters:
    ///   - sql: one statement on the projection's own tables.
    ///   - parameters: one value for each `?`.
    /// - Returns: the number of rows that it changed.
    /// - Throws: `ReadModelError`; after `.budget` and errors of the file, nothing more works and `apply`
    ///   fails.
    public func execute(_ sql: String, _ parameters: [SQLValue] = []) throws(ReadModelError) -> Int {
        try run { () throws(ReadModelError) in try connection.execute(sql, parameters, as: policy) }
    }

    /// Runs one statement and returns its rows, which see what this step wrote.
    /// - Throws: like `execute`; `.resultTooLarge` beyond `ReadModelLimits`.
    public func rows(_ sql: String, _ parameters: [SQLValue] = []) throws(ReadModelError) -> [SQLRow] {
        try run { () throws(ReadModelError) in try connection.rows(sql, parameters, as: policy) }
    }

    /// Runs one statement and returns its first row, or nil when it has none.
    /// - Throws: like `execute`.
    public func row(_ sql: String, _ parameters: [SQLValue] = []) throws(ReadModelError) -> SQLRow? {
        try run { () throws(ReadModelError) in try connection.row(sql, parameters, as: policy) }
    }

    /// Ends the writer's life with its transaction.
    func end() { isOpen = false }

    private func run<Result>(_ body: () throws(ReadModelError) -> Result) throws(ReadModelError) -> Result {
        guard isOpen else { throw .closed }
        if let fatal { throw fatal }
        do {
            return try body()
        } catch {
            let named = error.naming(tables)
            if error.endsTransaction || !connection.isInsideTransaction { fatal = named }
            throw named
        }
    }
}

extension ReadModelError {
    /// Whether a script that catches this error must not get away with it: a budget is a limit, not an
    /// outcome.
    var endsTransaction: Bool {
        switch self {
        case .budget, .timeout, .file, .damaged: true
        default: false
        }
    }

    /// The same error, with the tables that there are, for the hint.
    func naming(_ tables: [String]) -> ReadModelError {
        if case .unknownTable(let table, _) = self { .unknownTable(table, known: tables) } else { self }
    }
}
