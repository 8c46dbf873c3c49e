/// The host's one table in a read model's file: one row that says what the rows were made from, how far they
/// go, and whether queries are answered from them.
enum CheckpointTable {
    /// What the row says.
    struct Row {
        let model: String
        let identity: String
        let position: UInt64
        let answers: Bool
    }

    /// Moves the checkpoint from the second to the first parameter; changes no row when it stands elsewhere.
    static let move = "update \(ReservedTables.checkpoint) set position = ? where position = ?"

    /// From here on queries are answered from this file.
    static let answer = "update \(ReservedTables.checkpoint) set answers = 1"

    /// From here on the rows are those of another identity.
    static let rename = "update \(ReservedTables.checkpoint) set identity = ?"

    static let create = """
        create table \(ReservedTables.checkpoint) (
            model text primary key, identity text not null, position integer not null,
            answers integer not null
        ) strict
        """

    static let insert = "insert into \(ReservedTables.checkpoint) values (?, ?, 0, ?)"

    static let select = "select model, identity, position, answers from \(ReservedTables.checkpoint)"

    /// The tables in the file, the host's own among them.
    static let tables = """
        select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'
        order by rowid
        """
}

extension Connection {
    /// The names of the file's tables, in the order in which they were made; only inside `transaction`.
    func tableNames() throws(ReadModelError) -> [String] {
        try rows(CheckpointTable.tables, [], as: .host).compactMap { row in
            if case .text(let name)? = row.values.first { name } else { nil }
        }
    }

    /// The checkpoint's row; only inside `transaction`.
    func checkpointRow() throws(ReadModelError) -> CheckpointTable.Row {
        let row = try row(CheckpointTable.select, [], as: .host)
        guard let row, case .text(let model)? = row["model"], case .text(let identity)? = row["identity"],
            case .integer(let stored)? = row["position"], let position = UInt64(exactly: stored)
        else { throw .damaged(file: path, reason: "its checkpoint is lost") }
        return CheckpointTable.Row(
            model: model,
            identity: identity,
            position: position,
            answers: row["answers"] != .integer(0)
        )
    }

    /// Makes the tables in an empty file; only inside `transaction`.
    ///
    /// The columns come from a script; but what is run begins with `create table`, and more than one
    /// statement, or anything behind the closing parenthesis but a table's options, is refused by the
    /// compiler.
    func create(_ declaration: ReadModelDeclaration, answers: Bool) throws(ReadModelError) {
        _ = try execute(CheckpointTable.create, [], as: .host)
        _ = try execute(
            CheckpointTable.insert,
            [.text(declaration.name), .text(declaration.identity), .integer(answers ? 1 : 0)],
            as: .host
        )
        for table in declaration.tables {
            _ = try execute("create table \"\(table.name)\" (\(table.columns)\n)", [], as: .host)
        }
    }

    /// `transaction` for the host's own statements, which throw no other errors.
    func hostTransaction<Result>(_ body: () throws -> Result) throws(ReadModelError) -> Result {
        do {
            return try transaction(body)
        } catch let error as ReadModelError {
            throw error
        } catch {
            throw .file(operation: "opening", path: path, reason: "\(error)")
        }
    }
}
