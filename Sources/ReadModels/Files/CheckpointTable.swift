/// The host's one table in a read model's file: one row that says what the rows were made from, and how far
/// they go.
enum CheckpointTable {
    /// Moves the checkpoint from the second to the first parameter; changes no row when it stands elsewhere.
    static let move = "update \(ReservedTables.checkpoint) set position = ? where position = ?"

    static let create = """
        create table \(ReservedTables.checkpoint) (
            model text primary key, identity text not null, position integer not null
        ) strict
        """

    static let insert = "insert into \(ReservedTables.checkpoint) values (?, ?, 0)"

    static let select = "select model, identity, position from \(ReservedTables.checkpoint)"

    /// Whether the file holds any table (first column) and this one (second).
    static let find = """
        select count(*), count(*) filter (where name = '\(ReservedTables.checkpoint)') from sqlite_master
        """
}

extension Connection {
    /// Creates what is missing in the file of this declaration, or checks that it was made for it.
    /// - Returns: the stored checkpoint.
    func prepareFile(for declaration: ReadModelDeclaration) throws(ReadModelError) -> UInt64 {
        do {
            return try transaction {
                let found = try row(CheckpointTable.find, [], as: .host)?.values ?? []
                switch found.last {
                case .integer(1): break
                case _ where found.first == .integer(0): try create(declaration)
                default: throw ReadModelError.foreign(file: path, reason: "it has tables, but no checkpoint")
                }
                let stored = try row(CheckpointTable.select, [], as: .host)?.values ?? []
                guard stored.prefix(2) == [.text(declaration.name), .text(declaration.identity)] else {
                    throw ReadModelError.foreign(file: path, reason: "it was made from another declaration")
                }
                return try storedCheckpoint()
            }
        } catch let error as ReadModelError {
            throw error
        } catch {
            throw .file(operation: "opening", path: path, reason: "\(error)")
        }
    }

    /// The checkpoint in the file; only inside `transaction`.
    func storedCheckpoint() throws(ReadModelError) -> UInt64 {
        guard case .integer(let position)? = try row(CheckpointTable.select, [], as: .host)?["position"],
            let position = UInt64(exactly: position)
        else { throw .damaged(file: path, reason: "its checkpoint is lost") }
        return position
    }

    /// The columns come from a script; but what is run begins with `create table`, and more than one
    /// statement, or anything behind the closing parenthesis but a table's options, is refused by the
    /// compiler.
    private func create(_ declaration: ReadModelDeclaration) throws(ReadModelError) {
        _ = try execute(CheckpointTable.create, [], as: .host)
        _ = try execute(
            CheckpointTable.insert,
            [.text(declaration.name), .text(declaration.identity)],
            as: .host
        )
        for table in declaration.tables {
            _ = try execute("create table \"\(table.name)\" (\(table.columns)\n)", [], as: .host)
        }
    }
}
