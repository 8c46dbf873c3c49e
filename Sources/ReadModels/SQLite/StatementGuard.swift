import GRDBSQLite

/// Decides what a connection's statements may do, and for how long: SQLite's authorizer and progress handler.
///
/// The authorizer is asked while a statement is compiled, about each table, column and function that it
/// names, after SQLite has resolved them: no spelling gets around it. It replaces the one that GRDB installs
/// to learn what statements touch, which serves GRDB's observation and schema cache; neither is used here.
///
/// `@unchecked Sendable`: it belongs to one `Connection`, and is only touched on that connection's queue.
final class StatementGuard: @unchecked Sendable {
    /// Who speaks.
    enum Policy {
        /// The host: everything, without a budget.
        case host

        /// A projection: data statements on these tables (lower-case names).
        case writing(tables: Set<String>)

        /// The same, which also reads whatever a script declared in the older generation.
        case migrating(tables: Set<String>)

        /// A query: selections from these tables (lower-case names).
        case reading(tables: Set<String>)
    }

    /// Why the authorizer said no to the statement at hand, first reason first.
    private(set) var denial: String?

    /// Whether the statement at hand was stopped because its budget was spent.
    private(set) var isExhausted = false

    /// Whether the statement at hand was stopped because its time was over.
    private(set) var isTooLate = false

    private let ticksMax: Int
    private let timeMax: Duration
    private var policy = Policy.host
    private var ticksLeft = 0
    /// When the statement at hand has to end; nil until its first tick, which short statements never reach.
    private var deadline: ContinuousClock.Instant?

    init(_ limits: ReadModelLimits) {
        ticksMax = max(1, limits.statementInstructionsMax / ReadModelLimits.instructionsPerTick)
        timeMax = .milliseconds(limits.statementMillisecondsMax)
    }

    /// Starts a statement: its policy, a full budget, no denial yet.
    func begin(_ policy: Policy) {
        self.policy = policy
        ticksLeft = ticksMax
        isExhausted = false
        isTooLate = false
        deadline = nil
        denial = nil
    }

    /// Hooks itself into the connection, which must not outlive it.
    func install(on connection: OpaquePointer?) {
        // Unretained: the connection's configuration and its `Connection` both hold the guard for as long.
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            connection,
            { context, action, first, second, schema, _ in
                guard let context else { return SQLITE_DENY }
                let name = { (text: UnsafePointer<CChar>?) in text.map { String(cString: $0) } ?? "" }
                return Unmanaged<StatementGuard>.fromOpaque(context).takeUnretainedValue()
                    .authorize(action, name(first), name(second), in: name(schema))
            },
            context
        )
        sqlite3_progress_handler(
            connection,
            Int32(ReadModelLimits.instructionsPerTick),
            { context in
                guard let context else { return 1 }
                return Unmanaged<StatementGuard>.fromOpaque(context).takeUnretainedValue().tick() ? 0 : 1
            },
            context
        )
    }

    /// Counts one tick; false stops the statement.
    private func tick() -> Bool {
        if case .host = policy { return true }
        ticksLeft -= 1
        isExhausted = ticksLeft <= 0
        let now = ContinuousClock.now
        let end = deadline ?? now + timeMax
        deadline = end
        isTooLate = now >= end
        return !isExhausted && !isTooLate
    }

    private func authorize(
        _ action: Int32,
        _ first: String,
        _ second: String,
        in schema: String
    ) -> Int32 {
        let tables: Set<String>
        let writes: Bool
        switch policy {
        case .host: return SQLITE_OK
        case .migrating where schema == ReadModel.oldSchema:
            guard action == SQLITE_READ else { return deny("the older rows can only be read") }
            let isReserved = ReservedTables.prefixes.contains(where: first.lowercased().hasPrefix)
            return isReserved ? deny(reading: first) : SQLITE_OK
        case .writing(let own), .migrating(let own): (tables, writes) = (own, true)
        case .reading(let all): (tables, writes) = (all, false)
        }
        switch action {
        case SQLITE_SELECT, SQLITE_RECURSIVE:
            return SQLITE_OK
        case SQLITE_READ:
            return isReadable(first, column: second, tables) ? SQLITE_OK : deny(reading: first)
        case SQLITE_INSERT, SQLITE_UPDATE, SQLITE_DELETE:
            guard writes else { return deny("a query can't change rows") }
            if tables.contains(first.lowercased()) { return SQLITE_OK }
            return deny("table \(first.debugDescription) isn't one of the projection's own")
        case SQLITE_FUNCTION:
            return Self.forbiddenFunctions.contains(second.lowercased())
                ? deny("\(second)() is not allowed") : SQLITE_OK
        default:
            return deny("\(Self.word(for: action)) is not allowed")
        }
    }

    private func isReadable(_ table: String, column: String, _ tables: Set<String>) -> Bool {
        let name = table.lowercased()
        if tables.contains(name) || Self.tableFunctions.contains(name) { return true }
        // A source that no column is taken from, as in `select count(*) from x`, comes with the name that the
        // statement gives it, which may be that of a `with` clause. A real table of such a name would have to
        // be in the file, and only declared and reserved ones are.
        return column.isEmpty && !ReservedTables.prefixes.contains(where: name.hasPrefix)
    }

    private func deny(reading table: String) -> Int32 {
        let isReserved = ReservedTables.prefixes.contains(where: table.lowercased().hasPrefix)
        return deny(
            "table \(table.debugDescription) \(isReserved ? "belongs to the host" : "is not declared")"
        )
    }

    private func deny(_ reason: String) -> Int32 {
        if denial == nil { denial = reason }
        return SQLITE_DENY
    }

    /// SQLite's table-valued functions over JSON, the only tables that scripts can use without declaring
    /// them.
    private static let tableFunctions: Set<String> = ["json_each", "json_tree"]

    /// Functions of chance and of the machine's clock, which would give other rows on replay, and ways out of
    /// the sandbox.
    ///
    /// `date('now')` and its kin can't be told from `date(?)` here, so the scripts' guide warns of them.
    static let forbiddenFunctions: Set<String> = [
        "random", "randomblob", "current_time", "current_date", "current_timestamp",
        "load_extension", "fts3_tokenizer", "sqlite_compileoption_get", "sqlite_compileoption_used",
    ]

    private static func word(for action: Int32) -> String {
        switch action {
        case SQLITE_ATTACH, SQLITE_DETACH: "attaching or detaching files"
        case SQLITE_PRAGMA: "a pragma"
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: "a transaction of one's own (a step is one already)"
        case SQLITE_ANALYZE, SQLITE_REINDEX: "maintenance"
        default: "changing the schema (declare it in the projection's `tables`)"
        }
    }
}
