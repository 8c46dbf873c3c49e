import Foundation
import GRDBSQLite
import Synchronization

/// The read models of one host: opens one file for each projection, and runs queries over all of them.
///
/// The runtime opens a read model for each projection of the app when it loads it, and reads from its query
/// threads.
public final class ReadModelStore: Sendable {
    private let folder: String
    private let temporary: TemporaryFolder?
    private let limits: ReadModelLimits

    /// Held while a read model is opened, so that two can't take one name; never while `shared` is.
    private let opening = Mutex(())
    private let shared = Mutex(Shared())

    private struct Shared {
        var catalog = Catalog()
        var idleReaders: [Reader] = []
        var isClosed = false
    }

    /// Version of the SQLite library at work, for `doctor`.
    public static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

    /// Opens a store without read models.
    /// - Parameters:
    ///   - folder: where the files are; created when missing. With nil they are kept nowhere: they live in a
    ///     temporary folder that goes with the store.
    ///   - limits: what scripts' statements may cost.
    /// - Throws: `ReadModelError.file` when the folder can't be made.
    public init(folder: String?, limits: ReadModelLimits = ReadModelLimits()) throws(ReadModelError) {
        self.limits = limits
        if let folder {
            temporary = nil
            self.folder = folder
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                throw .file(operation: "creating", path: folder, reason: error.localizedDescription)
            }
        } else {
            let temporary = try TemporaryFolder()
            self.temporary = temporary
            self.folder = temporary.path
        }
    }

    /// Opens the read model of a projection, where it was left.
    ///
    /// A declaration of another version or with other tables begins anew: an empty file, checkpoint 0, and
    /// the old file is removed at once. So queries see an empty read model until it has caught up; building
    /// the new generation beside the old one, while queries still read the old, is not there yet.
    /// - Throws: `.invalidName`, `.tableTaken`, `.notAllowed` and `.sql` for what is wrong with the
    ///   declaration; `.file`, `.damaged` and `.foreign` for its file; `.closed`.
    public func open(_ declaration: ReadModelDeclaration) throws(ReadModelError) -> ReadModel {
        try declaration.validate()
        return try opening.withLock { (_) throws(ReadModelError) in
            let catalog = try shared.withLock { (shared) throws(ReadModelError) in
                if shared.isClosed { throw .closed }
                return shared.catalog
            }
            try catalog.check(declaration)
            let old = catalog.models[declaration.name]
            if let old, old.declaration.identity == declaration.identity { return old }
            let model = try ReadModel(declaration, folder: folder, limits: limits)
            let idle = shared.withLock { shared in
                shared.catalog.insert(model)
                defer { shared.idleReaders = [] }
                return shared.idleReaders
            }
            for reader in idle { try reader.connection.close() }
            try old?.close()
            try model.file.removeOthers()
            return model
        }
    }

    /// The open read models, in the order of their names.
    public var models: [ReadModel] {
        shared.withLock { $0.catalog.models.values.sorted { $0.name < $1.name } }
    }

    /// The read models whose tables the statement names (as words, so perhaps one too many), in the order of
    /// their names: whose checkpoints tell how recent the statement's result is.
    public func models(usedBy sql: String) -> [ReadModel] {
        shared.withLock(\.catalog).models(usedBy: sql)
    }

    /// Runs the body with a session that reads, and can't write, all read models.
    ///
    /// The body runs on the calling thread. Reads run beside each other and beside `ReadModel.apply`, and
    /// wait for nobody.
    /// - Throws: what `body` throws; `ReadModelError.file`; `ReadModelError.closed`.
    public func read<Result>(_ body: (ReadModelSession) throws -> Result) throws -> Result {
        let reader = try takeReader()
        let outcome = Swift.Result {
            try reader.connection.transaction {
                let session = ReadModelSession(reader: reader)
                defer { session.end() }
                return try body(session)
            }
        }
        try giveBack(reader)
        return try outcome.get()
    }

    /// Closes every file, once the transaction at work on it has ended, and ends all waiting with `.closed`.
    ///
    /// What fails to close is closed with the process; nothing committed is lost by that.
    public func close() {
        let (models, readers) = shared.withLock { shared in
            shared.isClosed = true
            defer { shared.idleReaders = [] }
            return (shared.catalog.models.values, shared.idleReaders)
        }
        // `try?`: see above; and there is nothing that a caller who is stopping could do about it.
        for reader in readers { try? reader.connection.close() }
        // `try?`: the same.
        for model in models { try? model.close() }
    }

    private func takeReader() throws(ReadModelError) -> Reader {
        let (idle, catalog) = try shared.withLock { (shared) throws(ReadModelError) in
            if shared.isClosed { throw .closed }
            return (shared.idleReaders.popLast(), shared.catalog)
        }
        if let idle { return idle }
        return try Reader(catalog: catalog, limits: limits)
    }

    /// Keeps the reader for the next read, or closes it: there are enough, it failed, or the files have
    /// changed.
    private func giveBack(_ reader: Reader) throws(ReadModelError) {
        let isKept = shared.withLock { shared in
            guard !shared.isClosed, reader.connection.failure == nil,
                reader.catalog.edition == shared.catalog.edition,
                shared.idleReaders.count < limits.idleReadersMax
            else { return false }
            shared.idleReaders.append(reader)
            return true
        }
        if !isKept { try reader.connection.close() }
    }
}
