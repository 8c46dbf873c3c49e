import GRDBSQLite

/// One compiled statement on one connection.
///
/// Beside GRDB's own statements for three reasons: text keeps NUL and is checked to be UTF-8, a result is cut
/// off by rows and bytes while it is read, and the cache that holds these is bounded. It is used and freed
/// only on the queue of its connection.
final class PreparedStatement {
    /// The statement's text.
    let sql: String

    /// Number of values that `bind` needs.
    let parameterCount: Int

    /// Whether it can't change anything.
    let isReadOnly: Bool

    /// The names of the result's columns; constant, because no table changes its columns while it is open.
    private(set) lazy var columns: [String] = (0..<sqlite3_column_count(handle)).map { index in
        sqlite3_column_name(handle, index).map { String(cString: $0) } ?? ""
    }

    /// Valid until `deinit`.
    private let handle: OpaquePointer

    private init(sql: String, handle: OpaquePointer) {
        self.sql = sql
        self.handle = handle
        parameterCount = Int(sqlite3_bind_parameter_count(handle))
        isReadOnly = sqlite3_stmt_readonly(handle) != 0
    }

    deinit { sqlite3_finalize(handle) }

    /// What became of compiling a text.
    enum Compilation {
        case statement(PreparedStatement)
        case empty
        case several
        case failed(code: Int32)
    }

    /// Compiles a text, which should hold exactly one statement.
    static func compile(_ sql: String, on connection: OpaquePointer) -> Compilation {
        let text = Array(sql.utf8CString)
        return text.withUnsafeBufferPointer { text in
            guard var rest = text.baseAddress else { return .empty }
            let end = rest + (text.count - 1)
            var first: PreparedStatement?
            while rest < end {
                var handle: OpaquePointer?
                var tail: UnsafePointer<CChar>?
                // Length with the closing NUL, which spares SQLite a copy.
                let code = sqlite3_prepare_v3(connection, rest, Int32(end - rest + 1), 0, &handle, &tail)
                if code != SQLITE_OK { return first == nil ? .failed(code: code) : .several }
                if let handle {
                    let statement = PreparedStatement(sql: sql, handle: handle)
                    if first != nil { return .several }
                    first = statement
                }
                // White space, comments and empty statements compile to no handle.
                guard let tail, tail > rest else { break }
                rest = tail
            }
            return first.map(Compilation.statement) ?? .empty
        }
    }

    /// Gives each parameter its value; `values` must be as many as `parameterCount`.
    /// - Returns: SQLite's result code.
    func bind(_ values: [SQLValue]) -> Int32 {
        // SQLITE_TRANSIENT, a macro that Swift can't import: SQLite copies the bytes before the call returns.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (index, value) in zip(Int32(1)..., values) {
            let code: Int32
            switch value {
            case .null: code = sqlite3_bind_null(handle, index)
            case .integer(let integer): code = sqlite3_bind_int64(handle, index, integer)
            case .real(let real): code = sqlite3_bind_double(handle, index, real)
            case .text(""):
                code = sqlite3_bind_text(handle, index, "", 0, transient)
            case .text(let text):
                code = sqlite3_bind_text64(
                    handle,
                    index,
                    text,
                    UInt64(text.utf8.count),
                    transient,
                    UInt8(SQLITE_UTF8)
                )
            case .blob(let blob):
                // A null pointer would bind NULL, not an empty blob.
                code =
                    blob.isEmpty
                    ? sqlite3_bind_zeroblob(handle, index, 0)
                    : sqlite3_bind_blob64(handle, index, blob, UInt64(blob.count), transient)
            }
            if code != SQLITE_OK { return code }
        }
        return SQLITE_OK
    }

    /// Goes on to the next row: `SQLITE_ROW`, `SQLITE_DONE`, or the code of an error.
    func step() -> Int32 { sqlite3_step(handle) }

    /// Ends a run: forgets the rows that weren't read and the values that were bound.
    func reset() {
        // Repeats the code of the last step, which has been dealt with.
        _ = sqlite3_reset(handle)
        _ = sqlite3_clear_bindings(handle)
    }

    /// The values of the row that `step` came to; nil in place of one that is text, but not UTF-8.
    func values() -> [SQLValue?] {
        (0..<sqlite3_column_count(handle)).map { value(at: $0) }
    }

    private func value(at index: Int32) -> SQLValue? {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            // The pointer must be asked for before the length, and holds until the next step.
            let start = sqlite3_column_text(handle, index)
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index)))
            return String(validating: bytes, as: UTF8.self).map(SQLValue.text)
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(handle, index)
            return .blob(
                Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, index))))
            )
        default: return .null
        }
    }
}
