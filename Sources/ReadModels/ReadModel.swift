import Synchronization

/// The tables of one projection, and the position of the log that they reflect.
///
/// Rows and checkpoint change in one SQL transaction, so that they can't disagree: after a crash the
/// checkpoint may be older than what was applied last, and then so are the rows, and the events are applied
/// again. It has exactly one writing connection, which alone moves pages from the write-ahead log into the
/// file: SQLite before 3.51.3 (Debian 12 has 3.40.1) can damage a file when two connections do so at once
/// (sqlite.org/wal.html#walresetbug).
///
/// Made by `ReadModelStore.open`; the runtime's projection lane calls `apply`.
public final class ReadModel: Sendable {
    /// Name of the projection.
    public let name: String

    /// The names of its tables, as declared.
    public let tables: [String]

    let declaration: ReadModelDeclaration
    let file: GenerationFile
    private let connection: Connection
    private let reached: Atomic<UInt64>

    /// Opens the file of the declaration's generation, and creates it with empty tables when there is none.
    init(_ declaration: ReadModelDeclaration, folder: String, limits: ReadModelLimits) throws(ReadModelError)
    {
        name = declaration.name
        tables = declaration.tables.map(\.name)
        self.declaration = declaration
        file = GenerationFile(folder: folder, declaration: declaration)
        connection = try Connection(path: file.path, readOnly: false, limits: limits)
        reached = Atomic(try connection.prepareFile(for: declaration))
    }

    /// Position of the last event that the rows reflect, 0 before the first; cheap, without SQL.
    public var checkpoint: UInt64 { reached.load(ordering: .acquiring) }

    /// Changes rows and moves the checkpoint, together or not at all.
    ///
    /// The body runs on the calling thread. Calls take turns. Whatever the body throws rolls everything back
    /// and is rethrown.
    /// - Parameters:
    ///   - from: the checkpoint that the step read; it must still be the stored one.
    ///   - to: the position that the rows reflect afterwards.
    ///   - body: changes the rows.
    /// - Throws: what `body` throws; `ReadModelError.fenced` when the stored checkpoint isn't `from`;
    ///   `ReadModelError.invalidCheckpoint` when `to` isn't behind `from`.
    public func apply(from: UInt64, to: UInt64, _ body: (ReadModelWriter) throws -> Void) throws {
        // SQLite's integers are signed.
        guard from < to, let storedFrom = Int64(exactly: from), let storedTo = Int64(exactly: to) else {
            throw ReadModelError.invalidCheckpoint(model: name, from: from, to: to)
        }
        try connection.transaction {
            let writer = ReadModelWriter(connection: connection, tables: tables)
            defer { writer.end() }
            try body(writer)
            if let fatal = writer.fatal { throw fatal }
            let moved = try connection.execute(
                CheckpointTable.move,
                [.integer(storedTo), .integer(storedFrom)],
                as: .host
            )
            guard moved == 1 else {
                throw ReadModelError.fenced(
                    model: name,
                    expected: from,
                    actual: try connection.storedCheckpoint()
                )
            }
        }
        reached.store(to, ordering: .releasing)
    }

    /// Closes the file when the transaction at work has ended.
    func close() throws(ReadModelError) {
        try connection.close()
    }
}
