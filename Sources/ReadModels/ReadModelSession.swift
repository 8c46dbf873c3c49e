/// Reads of a query, which see each read model as it was when the session first touched it.
///
/// A query may join the tables of several projections; each has its own snapshot, since each has its own
/// checkpoint. Valid until the body of `ReadModelStore.read` returns; used later, everything throws
/// `.closed`.
public final class ReadModelSession {
    private let reader: Reader
    private let tables: Set<String>
    private var touched: Set<String> = []
    private var isOpen = true
    private var fatal: ReadModelError?

    init(reader: Reader) {
        self.reader = reader
        tables = reader.catalog.tables
    }

    /// Runs one `select` and returns its rows.
    /// - Parameters:
    ///   - sql: one statement that changes nothing.
    ///   - parameters: one value for each `?`.
    /// - Returns: all rows, in the statement's order.
    /// - Throws: `ReadModelError`; `.resultTooLarge` beyond `ReadModelLimits`. After `.budget` nothing more
    ///   works.
    public func rows(_ sql: String, _ parameters: [SQLValue] = []) throws(ReadModelError) -> [SQLRow] {
        try run(sql) { (connection, policy) throws(ReadModelError) in
            try connection.rows(sql, parameters, as: policy)
        }
    }

    /// Runs one `select` and returns its first row, or nil when it has none.
    /// - Throws: like `rows`.
    public func row(_ sql: String, _ parameters: [SQLValue] = []) throws(ReadModelError) -> SQLRow? {
        try run(sql) { (connection, policy) throws(ReadModelError) in
            try connection.row(sql, parameters, as: policy)
        }
    }

    /// The read models whose tables the statement names (as words, so perhaps one too many), in the order of
    /// their names: in the generation that this session reads, whose `position` tells how recent it is.
    public func models(usedBy sql: String) -> [ReadModel] { reader.catalog.models(usedBy: sql) }

    /// Ends the session's life with its transaction.
    func end() { isOpen = false }

    private func run<Result>(
        _ sql: String,
        _ body: (Connection, StatementGuard.Policy) throws(ReadModelError) -> Result
    ) throws(ReadModelError) -> Result {
        guard isOpen else { throw .closed }
        if let fatal { throw fatal }
        do {
            touched.formUnion(reader.catalog.models(usedBy: sql).map(\.name))
            try reader.attach(touched)
            return try body(reader.connection, .reading(tables: tables))
        } catch {
            let named = explained(error, of: sql)
            if error.endsTransaction { fatal = named }
            throw named
        }
    }

    /// A table or a column that isn't there, but is in a generation that is being built, is no error of the
    /// statement.
    private func explained(_ error: ReadModelError, of sql: String) -> ReadModelError {
        var builder: String?
        let unknownColumn = "no such column: "
        switch error {
        case .unknownTable(let table, _):
            builder = reader.catalog.builder(of: table, for: sql)
        case .sql(_, let reason) where reason.hasPrefix(unknownColumn):
            let column = reason.dropFirst(unknownColumn.count).split(separator: ".").last
            builder = reader.catalog.builder(column: column.map(String.init), for: sql)
        default: break
        }
        return builder.map { .building(model: $0) } ?? error.naming(tables.sorted())
    }
}
