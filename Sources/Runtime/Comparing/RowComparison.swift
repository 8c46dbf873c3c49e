import EventLog
import ReadModels

/// What a changed projection makes of the rows of one table.
public struct ChangedRows: Sendable {
    /// The projection.
    public let projection: String

    /// Its table.
    public let table: String

    /// Rows by the old scripts; nil when they don't have the table.
    public internal(set) var oldCount: Int?

    /// Rows by the new ones.
    public internal(set) var newCount: Int?

    /// Rows that the old scripts alone make.
    public internal(set) var onlyOld = 0

    /// Rows that the new ones alone make.
    public internal(set) var onlyNew = 0

    /// The first of both, as JSON.
    public internal(set) var examples: [(isNew: Bool, row: JSONValue)] = []

    /// Why the rows couldn't be compared one by one; nil when they were.
    public internal(set) var reason: String?

    /// Whether there is nothing to tell.
    public var isSame: Bool { oldCount == newCount && onlyOld == 0 && onlyNew == 0 && reason == nil }
}

/// Where a version's rows come from.
struct RowSource {
    let session: ScriptSession
    let log: any EventLog
    /// The newest event that the rows know of.
    let end: Position

    /// Rows of all of a log, or of what is before a position.
    init(session: ScriptSession, log: any EventLog, end: Position = .max) {
        (self.session, self.log, self.end) = (session, log, min(end, log.lastPosition))
    }
}

/// Builds the rows of projections that may differ between two versions, each in a temporary read model over
/// all of the version's log, and compares them.
///
/// A projection whose code, tables and events are the same makes the same rows, and isn't run.
struct RowComparison {
    /// Rows of a table that are compared one by one: they are held in memory.
    static let rowsMax = 200_000

    /// Rows in one read.
    private static let page = 1_000

    /// Rows that are shown of each table.
    private static let examplesMax = 10

    static func run(
        _ old: RowSource,
        _ new: RowSource,
        areSameEvents: Bool
    ) throws(RuntimeError) -> [ChangedRows] {
        func projections(_ source: RowSource) -> [String: ProjectionDefinition] {
            Dictionary(uniqueKeysWithValues: source.session.definitions.projections.map { ($0.name, $0) })
        }
        let definitions = (projections(old), projections(new))
        let comparison = RowComparison()
        var changes: [ChangedRows] = []
        do {
            for name in Set(definitions.0.keys).union(definitions.1.keys).sorted() {
                let (before, after) = (definitions.0[name], definitions.1[name])
                let isChanged = before?.readModel != after?.readModel
                guard isChanged || !areSameEvents else { continue }
                let rows = try comparison.compare(name, (before, old), (after, new))
                // What didn't change, and came to the same, is not to be told.
                changes += isChanged ? rows : rows.filter { !$0.isSame }
            }
        } catch {
            throw RuntimeError(reading: error)
        }
        return changes
    }

    private func compare(
        _ name: String,
        _ old: (definition: ProjectionDefinition?, source: RowSource),
        _ new: (definition: ProjectionDefinition?, source: RowSource)
    ) throws -> [ChangedRows] {
        let stores = (try ReadModelStore(folder: nil), try ReadModelStore(folder: nil))
        defer {
            stores.0.close()
            stores.1.close()
        }
        let failures = (try build(old, in: stores.0), try build(new, in: stores.1))
        let tables = [old, new].flatMap { $0.definition?.readModel.tables.map(\.name) ?? [] }
        return try Set(tables).sorted().map { table in
            var change = ChangedRows(projection: name, table: table)
            let reasons = [("old", failures.0), ("new", failures.1)].compactMap { version, failure in
                failure.map { "the \(version) projection fails: \($0.summary)" }
            }
            change.reason = reasons.first
            let rows = (
                try self.rows(of: table, old.definition, in: stores.0),
                try self.rows(of: table, new.definition, in: stores.1)
            )
            change.compare(rows.0, rows.1, examplesMax: Self.examplesMax)
            return change
        }
    }

    /// Applies the log to an empty read model; returns the failure that ended it.
    private func build(
        _ version: (definition: ProjectionDefinition?, source: RowSource),
        in store: ReadModelStore
    ) throws -> ScriptFailure? {
        guard let definition = version.definition else { return nil }
        let model = try store.open(definition.readModel).newest
        let source = version.source
        let rows = RowFold(definition, of: source.session, in: model)
        return try rows.advance(to: source.end, in: source.log) { _ in try Task.checkCancellation() }
    }

    /// The rows of a table; nil when the version doesn't have it, or has too many.
    private func rows(
        of table: String,
        _ definition: ProjectionDefinition?,
        in store: ReadModelStore
    ) throws -> TableRows? {
        guard definition?.readModel.tables.contains(where: { $0.name == table }) == true else { return nil }
        return try store.read { session in
            var found = TableRows()
            while true {
                let rows = try session.rows(
                    "select * from \(table) limit ? offset ?",
                    [.integer(Int64(Self.page)), .integer(Int64(found.count))]
                )
                found.add(rows)
                guard rows.count == Self.page, found.count < Self.rowsMax else { return found }
            }
        }
    }
}

/// The rows of a table, whatever their order.
struct TableRows {
    private(set) var count = 0
    fileprivate var rows: [SQLRow: Int] = [:]

    fileprivate mutating func add(_ more: [SQLRow]) {
        count += more.count
        for row in more { rows[row, default: 0] += 1 }
    }
}

extension ChangedRows {
    fileprivate init(projection: String, table: String) {
        self.projection = projection
        self.table = table
    }

    fileprivate mutating func compare(_ old: TableRows?, _ new: TableRows?, examplesMax: Int) {
        (oldCount, newCount) = (old?.count, new?.count)
        if max(oldCount ?? 0, newCount ?? 0) >= RowComparison.rowsMax {
            reason = reason ?? "the table has more than \(RowComparison.rowsMax) rows"
            return
        }
        var left = old?.rows ?? [:]
        for (row, count) in new?.rows ?? [:] { left[row, default: 0] -= count }
        let changed = left.filter { $0.value != 0 }
        for (row, count) in changed.sorted(by: { $0.key.order < $1.key.order }) {
            if count > 0 { onlyOld += count } else { onlyNew -= count }
            if examples.count < examplesMax { examples.append((isNew: count < 0, row: row.json)) }
        }
    }
}

extension SQLRow {
    /// For an order that is the same each time, and no more.
    fileprivate var order: String { values.map { "\($0)" }.joined(separator: "\u{1F}") }

    fileprivate var json: JSONValue {
        let values = values.map { value -> JSONValue in
            switch value {
            case .null: .null
            case .integer(let value): .integer(value)
            case .real(let value): .float(value)
            case .text(let value): .string(value)
            case .blob(let bytes): .string("\(bytes.count) bytes")
            }
        }
        return .object(Dictionary(zip(columns, values)) { first, _ in first })
    }
}
