import Synchronization

/// One generation of the tables of one projection, and the position of the log that they reflect.
///
/// Rows and checkpoint change in one SQL transaction, so that they can't disagree: after a crash the
/// checkpoint may be older than what was applied last, and then so are the rows, and the events are applied
/// again. It has exactly one writing connection, which alone moves pages from the write-ahead log into the
/// file: SQLite before 3.51.3 (Debian 12 has 3.40.1) can damage a file when two connections do so at once
/// (sqlite.org/wal.html#walresetbug).
///
/// Made by `ReadModelStore`; the runtime's projection lane calls `apply`.
public final class ReadModel: Sendable {
    /// Name of the projection.
    public let name: String

    /// Which generation of the projection's rows this is, from 1.
    public var generation: Int { file.number }

    /// The names of its tables, as they are in the file.
    public let tables: [String]

    /// What the rows were made from; a declaration of another identity means other rows.
    var identity: String { madeFrom.withLock { $0 } }
    let file: GenerationFile

    let connection: Connection
    private let madeFrom: Mutex<String>
    private let reached: Atomic<UInt64>
    private let passed: Atomic<UInt64>
    private let answering: Atomic<Bool>

    /// Makes an empty generation; what fails leaves no file.
    ///
    /// With `answers` queries are answered from it at once, since there is no older one.
    init(
        creating declaration: ReadModelDeclaration,
        in file: GenerationFile,
        answers: Bool,
        limits: ReadModelLimits
    ) throws(ReadModelError) {
        let connection = try Connection(path: file.path, readOnly: false, limits: limits)
        do throws(ReadModelError) {
            try connection.hostTransaction { try connection.create(declaration, answers: answers) }
        } catch {
            try connection.close()
            try file.remove()
            throw error
        }
        self.connection = connection
        self.file = file
        name = declaration.name
        madeFrom = Mutex(declaration.identity)
        tables = declaration.tables.map(\.name)
        reached = Atomic(0)
        passed = Atomic(0)
        answering = Atomic(answers)
    }

    /// Opens a generation where it was left; nil for a file that a crash left without tables.
    init?(opening file: GenerationFile, limits: ReadModelLimits) throws(ReadModelError) {
        let connection = try Connection(path: file.path, readOnly: false, limits: limits)
        let found: (tables: [String], row: CheckpointTable.Row)?
        do throws(ReadModelError) {
            found = try connection.hostTransaction {
                let tables = try connection.tableNames()
                if tables.isEmpty { return nil }
                guard tables.contains(ReservedTables.checkpoint) else {
                    throw ReadModelError.foreign(file: file.path, reason: "it has tables, but no checkpoint")
                }
                return (tables, try connection.checkpointRow())
            }
            if let found, found.row.model != file.name {
                throw ReadModelError.foreign(file: file.path, reason: "it was made for \(found.row.model)")
            }
        } catch {
            try connection.close()
            throw error
        }
        guard let found else {
            try connection.close()
            return nil
        }
        self.connection = connection
        self.file = file
        name = file.name
        madeFrom = Mutex(found.row.identity)
        tables = found.tables.filter { $0 != ReservedTables.checkpoint }
        reached = Atomic(found.row.position)
        passed = Atomic(0)
        answering = Atomic(found.row.answers)
    }

    /// Position of the last event that the rows reflect, 0 before the first; cheap, without SQL.
    public var checkpoint: UInt64 { reached.load(ordering: .acquiring) }

    /// Position up to which the rows are right: the checkpoint, or one behind it that `pass` noted.
    ///
    /// A lower bound of what a read that begins now will see.
    public var position: UInt64 { max(checkpoint, passed.load(ordering: .acquiring)) }

    /// Whether queries are answered from this generation.
    public var answers: Bool { answering.load(ordering: .acquiring) }

    /// Whether the rows are those that a declaration asks for.
    public func reflects(_ declaration: ReadModelDeclaration) -> Bool { identity == declaration.identity }

    /// The version of the declaration that the rows were made from.
    public var version: String { String(identity.prefix { $0 != "\n" }) }

    /// Notes that no event up to a position concerns the rows; forgotten with the process.
    public func pass(to position: UInt64) {
        passed.max(position, ordering: .acquiringAndReleasing)
    }

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
                    actual: try connection.checkpointRow().position
                )
            }
        }
        reached.store(to, ordering: .releasing)
    }

    /// Notes in the file that queries are answered from it, and flushes it: only then may an older one go.
    func beginAnswering() throws(ReadModelError) {
        try connection.hostTransaction {
            _ = try connection.execute(CheckpointTable.answer, [], as: .host)
        }
        try connection.flush()
        answering.store(true, ordering: .releasing)
    }

    /// Takes the rows for those of another declaration from now on, which has the same tables.
    func reflect(_ declaration: ReadModelDeclaration) throws(ReadModelError) {
        try connection.hostTransaction {
            _ = try connection.execute(CheckpointTable.rename, [.text(declaration.identity)], as: .host)
        }
        madeFrom.withLock { $0 = declaration.identity }
    }

    /// The rows have come to a position otherwise than by `apply`.
    func reach(_ position: UInt64) { reached.store(position, ordering: .releasing) }

    /// Closes the file when the transaction at work has ended.
    func close() throws(ReadModelError) {
        try connection.close()
    }

    /// Closes the file and removes it.
    func remove() throws(ReadModelError) {
        try connection.close()
        try file.remove()
    }
}
