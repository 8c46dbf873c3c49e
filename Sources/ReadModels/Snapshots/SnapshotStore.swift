import Foundation

/// The newest snapshot of each stream that has one, in one file: `<folder>/snapshots.sqlite`.
///
/// Derived like everything here: a file that can't be opened is removed, and begun anew. The runtime's script
/// workers load from it and save into it, each on its own thread; they take turns.
public final class SnapshotStore: Sendable {
    private let connection: Connection

    /// Changes when the table or what is in it does; snapshots of another format are not read.
    private static let format = 1

    private static let fileName = "snapshots.sqlite"

    private static let create = """
        create table if not exists snapshots (
            stream text primary key, format integer not null, code text not null,
            revision integer not null, position integer not null, time integer not null, state blob not null
        ) strict
        """

    private static let select = """
        select revision, position, time, state from snapshots where stream = ? and format = ? and code = ?
        """

    private static let replace = "insert or replace into snapshots values (?, ?, ?, ?, ?, ?, ?)"

    /// Opens the file in a folder, which is created when missing.
    /// - Throws: `ReadModelError.file` when it can't be made.
    public init(folder: String) throws(ReadModelError) {
        let path = "\(folder)/\(Self.fileName)"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .file(operation: "creating", path: folder, reason: error.localizedDescription)
        }
        do {
            connection = try Self.open(path)
        } catch {
            for suffix in ["", "-wal", "-shm"] {
                // What isn't there needs no removing; what can't be removed fails to open below.
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            connection = try Self.open(path)
        }
    }

    private static func open(_ path: String) throws(ReadModelError) -> Connection {
        let connection = try Connection(path: path, readOnly: false, limits: ReadModelLimits())
        try connection.inTransaction { () throws(ReadModelError) in
            _ = try connection.execute(create, [], as: .host)
        }
        return connection
    }

    /// The snapshot of a stream, when there is one that was made with this code.
    public func snapshot(of stream: String, code: String) throws(ReadModelError) -> Snapshot? {
        let values: [SQLValue] = [.text(stream), .integer(Int64(Self.format)), .text(code)]
        let row = try connection.inTransaction { () throws(ReadModelError) in
            try connection.row(Self.select, values, as: .host)
        }
        guard case .integer(let revision)? = row?["revision"],
            case .integer(let position)? = row?["position"],
            case .integer(let time)? = row?["time"], case .blob(let state)? = row?["state"]
        else { return nil }
        return Snapshot(
            stream: stream,
            code: code,
            revision: UInt64(bitPattern: revision),
            position: UInt64(bitPattern: position),
            time: time,
            state: state
        )
    }

    /// Puts a snapshot in the place of the one that the stream had.
    public func save(_ snapshot: Snapshot) throws(ReadModelError) {
        let values: [SQLValue] = [
            .text(snapshot.stream), .integer(Int64(Self.format)), .text(snapshot.code),
            .integer(Int64(bitPattern: snapshot.revision)), .integer(Int64(bitPattern: snapshot.position)),
            .integer(snapshot.time), .blob(snapshot.state),
        ]
        try connection.inTransaction { () throws(ReadModelError) in
            _ = try connection.execute(Self.replace, values, as: .host)
        }
    }

    /// Closes the file.
    public func close() throws(ReadModelError) {
        try connection.close()
    }
}

extension Connection {
    /// A transaction of the host's own statements, whose errors are all of this module.
    fileprivate func inTransaction<Result>(
        _ body: () throws(ReadModelError) -> Result
    ) throws(ReadModelError) -> Result {
        do {
            return try transaction(body)
        } catch let error as ReadModelError {
            throw error
        } catch {
            throw .file(operation: "using", path: path, reason: "\(error)")
        }
    }
}
