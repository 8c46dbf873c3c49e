import Foundation
import GRDBSQLite
import Synchronization

/// The read models of one host: keeps the generations of each projection's rows, and runs queries over all of
/// them.
///
/// The runtime opens a read model for each projection of the app when it loads it, and reads from its query
/// threads. What becomes of generations is in `ReadModelStore+Generations.swift`.
public final class ReadModelStore: Sendable {
    let folder: String
    let limits: ReadModelLimits
    private let temporary: TemporaryFolder?

    /// Held while generations come and go, so that two can't take one name; never while `shared` is.
    let changing = Mutex(())
    let shared = Mutex(Shared())

    /// What readers and those who change generations share.
    struct Shared {
        var catalog = Catalog()
        var idleReaders: [Reader] = []
        /// How many readers are at work for each edition of the catalog.
        var busyReaders: [Int: Int] = [:]
        /// Generations that no longer answer, with the first edition of the catalog that lacks them.
        var retired: [Retired] = []
        var isClosed = false

        /// The retired generations that no reader can still come to; whoever takes them lets them go.
        mutating func takeUnused() -> [Retired] {
            let oldest = busyReaders.keys.min() ?? .max
            let unused = retired.filter { $0.edition <= oldest }
            retired.removeAll { $0.edition <= oldest }
            return unused
        }
    }

    /// A generation that readers of an older catalog may still come to.
    struct Retired {
        let edition: Int
        let model: ReadModel
        /// Whether its file stays, since its projection may come back.
        var isKept = false

        func letGo() throws(ReadModelError) {
            if isKept { try model.close() } else { try model.remove() }
        }
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

    /// The read models that queries are answered from, in the order of their names.
    public var models: [ReadModel] {
        shared.withLock { $0.catalog.models.values.sorted { $0.name < $1.name } }
    }

    /// Runs the body with a session that reads, and can't write, all read models.
    ///
    /// The body runs on the calling thread. Reads run beside each other and beside `ReadModel.apply`, and
    /// wait for nobody. A read sees one generation of each read model from its beginning to its end, also
    /// when another takes its place meanwhile.
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
            defer {
                shared.idleReaders = []
                shared.retired = []
            }
            let entries = shared.catalog.entries.values
            let models = entries.map(\.answering) + entries.compactMap(\.building)
            return (models + shared.retired.map(\.model), shared.idleReaders)
        }
        // `try?`: see above; and there is nothing that a caller who is stopping could do about it.
        for reader in readers { try? reader.connection.close() }
        // `try?`: the same.
        for model in models { try? model.close() }
    }

    private func takeReader() throws(ReadModelError) -> Reader {
        let (idle, catalog) = try shared.withLock { (shared) throws(ReadModelError) in
            if shared.isClosed { throw .closed }
            shared.busyReaders[shared.catalog.edition, default: 0] += 1
            return (shared.idleReaders.popLast(), shared.catalog)
        }
        if let idle { return idle }
        do {
            return try Reader(catalog: catalog, limits: limits)
        } catch {
            removeUnused(after: catalog.edition)
            throw error
        }
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
        defer { removeUnused(after: reader.catalog.edition) }
        if !isKept { try reader.connection.close() }
    }

    /// One reader of an edition is through; the generations that only it could come to are removed.
    private func removeUnused(after edition: Int) {
        let unused = shared.withLock { shared in
            let left = (shared.busyReaders[edition] ?? 1) - 1
            shared.busyReaders[edition] = left == 0 ? nil : left
            return shared.takeUnused()
        }
        // `try?`: the query is answered. A file that stays is removed when the read model is opened next,
        // and what is wrong with it is told then.
        for retired in unused { try? retired.letGo() }
    }
}
