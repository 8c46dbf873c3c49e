import Lua
import ReadModels

/// SQL parameters and rows, as they cross the border to a script.
enum SQLPacking {
    /// The statement: the first argument that a script gave, whatever it is.
    static func statement(_ arguments: inout PackedReader) throws -> String {
        guard case .string(let bytes)? = arguments.next(), let text = String(validating: bytes, as: UTF8.self)
        else {
            throw WordError.noStatement
        }
        return text
    }

    /// The remaining values of a call.
    static func parameters(_ arguments: inout PackedReader) throws -> [SQLValue] {
        var parameters: [SQLValue] = []
        while let value = arguments.next() {
            switch value {
            case .null: parameters.append(.null)
            case .bool(let value): parameters.append(.integer(value ? 1 : 0))
            case .integer(let value): parameters.append(.integer(value))
            case .float(let value): parameters.append(.real(value))
            case .string(let bytes): parameters.append(.text(String(decoding: bytes, as: UTF8.self)))
            case .json: throw WordError.unusableParameter
            }
        }
        return parameters
    }

    /// Rows as a list of tables by column name.
    static func write(_ rows: [SQLRow], to results: inout PackedWriter) {
        results.beginList(rows.count)
        for row in rows { write(row, to: &results) }
    }

    /// A row as a table by column name; NULL is absent.
    static func write(_ row: SQLRow, to results: inout PackedWriter) {
        let present = zip(row.columns, row.values).filter { $0.1 != .null }
        results.beginObject(present.count)
        for (column, value) in present {
            results.key(column)
            switch value {
            case .null: results.null()
            case .integer(let value): results.integer(value)
            case .real(let value): results.float(value)
            case .text(let value): results.string(value)
            case .blob(let bytes): results.string(bytes: bytes)
            }
        }
    }
}
