/// Everything that can go wrong at the door of the read models, each with a stable `code`, a sentence and a
/// hint.
public enum ReadModelError: Error, Hashable, Sendable {
    /// A projection's or table's name that can't be used.
    case invalidName(String, reason: String)

    /// Two tables of one name; a query could not tell them apart.
    case tableTaken(String, by: String)

    /// The tables of a projection that keeps its rows aren't those of the rows.
    case tablesChanged(String)

    /// A table that no declared projection keeps (or, in a projection, that isn't its own).
    case unknownTable(String, known: [String])

    /// SQLite refused a statement, in its own words.
    case sql(String, reason: String)

    /// A statement that scripts may not use.
    case notAllowed(String, reason: String)

    /// A statement ran for longer than its budget of instructions; what it belonged to was undone.
    case budget(String, limit: Int)

    /// A statement has another number of `?` than values were given.
    case parameters(String, expected: Int, given: Int)

    /// A statement ran for longer than its wall-clock time; what it belonged to was undone.
    case timeout(String, milliseconds: Int)

    /// A result has more rows or bytes than a script can take.
    case resultTooLarge(String, limit: Int, unit: String)

    /// One read touches more read models than SQLite can attach at once.
    case tooManyModels(limit: Int)

    /// The stored checkpoint isn't the one that the rows were computed from; nothing was written.
    case fenced(model: String, expected: UInt64, actual: UInt64)

    /// A step that doesn't move the checkpoint forward; nothing was written.
    case invalidCheckpoint(model: String, from: UInt64, to: UInt64)

    /// The operating system or SQLite refused an operation on a file.
    case file(operation: String, path: String, reason: String)

    /// A file doesn't read back as it was written.
    case damaged(file: String, reason: String)

    /// A file in the place of a read model that isn't one.
    case foreign(file: String, reason: String)

    /// The statement needs a table or a column of a generation that is still being built.
    case building(model: String)

    /// A read model, session or writer was used after its end.
    case closed
}

extension ReadModelError: CustomStringConvertible {
    /// Stable name of the case, for the API, the command line and scripts.
    public var code: String {
        switch self {
        case .invalidName: "read-model-invalid-name"
        case .tableTaken: "read-model-table-taken"
        case .tablesChanged: "read-model-tables-changed"
        case .unknownTable: "read-model-unknown-table"
        case .sql: "sql-error"
        case .notAllowed: "sql-not-allowed"
        case .budget: "sql-budget"
        case .timeout: "sql-timeout"
        case .parameters: "sql-parameters"
        case .resultTooLarge: "sql-result-too-large"
        case .tooManyModels: "read-model-too-many"
        case .fenced: "read-model-fenced"
        case .invalidCheckpoint: "read-model-invalid-checkpoint"
        case .file: "read-model-file"
        case .damaged: "read-model-damaged"
        case .foreign: "read-model-foreign-file"
        case .building: "read-model-building"
        case .closed: "read-model-closed"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .invalidName: "choose another name"
        case .tableTaken: "rename one of the two tables"
        case .tablesChanged: "bring the rows over with `migrate`, or leave out `changed = \"keep\"`"
        case .unknownTable(_, let known) where known.isEmpty: "no projection declares a table yet"
        case .unknownTable(_, let known): "there are: \(known.joined(separator: ", "))"
        case .sql: "correct the statement, or the columns in the projection's `tables`"
        case .notAllowed: "projections select, insert, update and delete in their own tables; queries select"
        case .budget, .timeout: "add an index through `primary key` or `unique`, or read fewer rows"
        case .parameters: "give one value for each `?`"
        case .resultTooLarge: "add `limit`, or aggregate in the statement"
        case .tooManyModels: "split the query, or keep what it joins in one projection"
        case .fenced: "another host applies events to this read model; stop one of the two"
        case .invalidCheckpoint: "apply events in the order of their positions"
        case .file: "look at the folder's rights and the disk's free space"
        case .damaged:
            "stop the host, delete the file and start again: the read model is built anew from the log"
        case .foreign: "move the file away; the host didn't make it"
        case .building: "ask again when it is built; until then the older rows answer what they can"
        case .closed: "the host is stopping; try again when it is up"
        }
    }

    /// What happened, in one sentence.
    public var description: String {
        switch self {
        case .invalidName(let name, let reason):
            "the name \(name.prefix(80).debugDescription) can't be used: \(reason)"
        case .tablesChanged(let model):
            "projection \(model) keeps its rows, but declares other tables than theirs"
        case .tableTaken(let table, let model):
            "the table \(table.debugDescription) is declared twice: "
                + "projection \(model.debugDescription) has it already"
        case .unknownTable(let table, _): "there is no table \(table.debugDescription) here"
        case .sql(let sql, let reason): "\(reason), in `\(Self.shortened(sql))`"
        case .notAllowed(let sql, let reason): "\(reason), in `\(Self.shortened(sql))`"
        case .budget(let sql, let limit):
            "the statement took more than \(limit) instructions and was stopped: `\(Self.shortened(sql))`"
        case .timeout(let sql, let milliseconds):
            "the statement took more than \(milliseconds) ms and was stopped: `\(Self.shortened(sql))`"
        case .parameters(let sql, let expected, let given):
            "the statement has \(expected) `?` and was given \(given) values: `\(Self.shortened(sql))`"
        case .resultTooLarge(let sql, let limit, let unit):
            "the result has more than \(limit) \(unit): `\(Self.shortened(sql))`"
        case .tooManyModels(let limit): "one query can read at most \(limit) projections' tables"
        case .fenced(let model, let expected, let actual):
            "read model \(model) was expected at position \(expected) and is at \(actual)"
        case .invalidCheckpoint(let model, let from, let to):
            "read model \(model) can't go from position \(from) to \(to)"
        case .file(let operation, let path, let reason): "\(operation) \(path) failed: \(reason)"
        case .damaged(let file, let reason): "\(file) is damaged: \(reason)"
        case .foreign(let file, let reason): "\(file) is no read model of this host: \(reason)"
        case .building(let model):
            "read model \(model) is being built, and the older rows lack what is asked for"
        case .closed: "the read model is closed"
        }
    }

    /// The statement on one line, as long as a person reads it.
    private static func shortened(_ sql: String) -> String {
        let line = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 160 ? line : line.prefix(159) + "…"
    }
}
