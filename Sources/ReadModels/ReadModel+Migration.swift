/// How rows are brought over from an older generation, instead of being built from the log.
extension ReadModel {
    /// The name that statements of a migration give the older rows: `select account from old.balances`.
    static let oldSchema = "old"

    /// Fills this empty generation from an older one, and takes over its position, together or not at all.
    ///
    /// The body runs on the calling thread; its statements read the older tables as `old.name`, and write
    /// the new ones. The older generation stays as it is. Nothing happens when it has no rows yet.
    ///
    /// - Throws: what `body` throws; `ReadModelError.fenced` when this generation isn't empty.
    public func migrate(from older: ReadModel, _ body: (ReadModelWriter) throws -> Void) throws {
        let attach = "attach database ? as \(Self.oldSchema)"
        try connection.hostTransaction {
            _ = try connection.execute(attach, [.text(older.file.path)], as: .host)
        }
        let outcome = Result { try fill(body) }
        // Behind a failure the first error is the one to tell; and a file that stays attached is only read.
        try? connection.hostTransaction {
            _ = try connection.execute("detach database \(Self.oldSchema)", [], as: .host)
        }
        if let position = try outcome.get() { reach(position) }
    }

    private func fill(_ body: (ReadModelWriter) throws -> Void) throws -> UInt64? {
        try connection.transaction {
            let sql = "select position from \(Self.oldSchema).\(ReservedTables.checkpoint)"
            guard case .integer(let stored)? = try connection.row(sql, [], as: .host)?["position"],
                let position = UInt64(exactly: stored)
            else {
                throw ReadModelError.damaged(
                    file: connection.path,
                    reason: "the older rows have no checkpoint"
                )
            }
            guard position > 0 else { return nil }
            let writer = ReadModelWriter(migrating: connection, tables: tables)
            defer { writer.end() }
            try body(writer)
            if let fatal = writer.fatal { throw fatal }
            let moved = try connection.execute(
                CheckpointTable.move,
                [.integer(stored), .integer(0)],
                as: .host
            )
            guard moved == 1 else {
                let actual = try connection.checkpointRow().position
                throw ReadModelError.fenced(model: name, expected: 0, actual: actual)
            }
            return position
        }
    }
}
