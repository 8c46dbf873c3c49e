/// One row of a statement's result.
public struct SQLRow: Hashable, Sendable {
    /// The names of the columns, in the statement's order; a join may repeat one.
    public let columns: [String]

    /// The values, one for each column.
    public let values: [SQLValue]

    /// A row of as many values as columns.
    public init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value in the first column of this name, or nil when there is none.
    public subscript(column: String) -> SQLValue? {
        columns.firstIndex(of: column).map { values[$0] }
    }
}
