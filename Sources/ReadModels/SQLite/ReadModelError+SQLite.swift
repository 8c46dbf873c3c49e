import GRDB
import GRDBSQLite

/// How SQLite's result codes become errors of ours.
extension ReadModelError {
    /// The error for what became of a statement.
    ///
    /// - Parameters:
    ///   - code: SQLite's result code, plain or extended.
    ///   - reason: SQLite's own text.
    ///   - sql: the statement.
    ///   - path: the file, for errors that are not the statement's fault.
    init(code: Int32, reason: String, sql: String, path: String) {
        let unknownTable = "no such table: "
        switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self = .damaged(file: path, reason: reason)
        case SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_BUSY, SQLITE_NOMEM:
            self = .file(operation: "reading or writing", path: path, reason: reason)
        case SQLITE_ERROR where reason.hasPrefix(unknownTable):
            self = .unknownTable(String(reason.dropFirst(unknownTable.count)), known: [])
        default:
            self = .sql(sql, reason: reason)
        }
    }

    /// The error for a file that GRDB could not open.
    init(opening path: String, _ error: any Error) {
        guard let error = error as? DatabaseError else {
            self = .file(operation: "opening", path: path, reason: "\(error)")
            return
        }
        let reason = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: self = .damaged(file: path, reason: reason)
        default: self = .file(operation: "opening", path: path, reason: reason)
        }
    }

    /// Whether a file that gave this code can't be trusted any more.
    ///
    /// After a failed write or flush, a later flush may succeed although the pages of the failed one are
    /// lost.
    static func endsTrust(code: Int32) -> Bool {
        [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR].contains(code & 0xFF)
    }
}
