/// The read models that are open at one moment, and whose each table is.
struct Catalog: Sendable {
    /// By name of the projection.
    private(set) var models: [String: ReadModel] = [:]

    /// Name of the projection by lower-case name of the table.
    private var owners: [String: String] = [:]

    /// Grows with each change; a connection for reading that was opened for another catalog may have old
    /// files attached.
    private(set) var edition = 0

    /// The names of all tables, as queries may use them.
    var tables: Set<String> { Set(owners.keys) }

    /// Refuses a declaration with a table that another projection has.
    func check(_ declaration: ReadModelDeclaration) throws(ReadModelError) {
        for table in declaration.tables {
            guard let owner = owners[table.name.lowercased()], owner != declaration.name else { continue }
            throw .tableTaken(table.name, by: owner)
        }
    }

    /// Adds the read model, in place of one with its name.
    mutating func insert(_ model: ReadModel) {
        owners = owners.filter { $0.value != model.name }
        for table in model.tables { owners[table.lowercased()] = model.name }
        models[model.name] = model
        edition += 1
    }

    /// The read models whose tables the statement names, in the order of their names.
    func models(usedBy sql: String) -> [ReadModel] {
        Set(SQLWords.words(of: sql).compactMap { owners[$0] }).sorted().compactMap { models[$0] }
    }
}
