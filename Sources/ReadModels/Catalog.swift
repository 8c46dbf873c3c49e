/// The read models that are open at one moment, which generation of each answers, and whose each table is.
///
/// A value: who reads holds one from beginning to end, and so sees one generation of each read model or the
/// other, never both.
struct Catalog: Sendable {
    /// A projection's declaration, and the generations that are open for it.
    struct Entry: Sendable {
        let declaration: ReadModelDeclaration
        /// Queries are answered from it.
        var answering: ReadModel
        /// It is built beside, and will take the other's place.
        var building: ReadModel?
    }

    /// By name of the projection.
    private(set) var entries: [String: Entry] = [:]

    /// The read models that queries can use, by name of the projection.
    private(set) var models: [String: ReadModel] = [:]

    /// Name of the projection by lower-case name of the table, of those in `models`.
    private var owners: [String: String] = [:]

    /// Grows with each change; a connection for reading that was opened for another catalog may have old
    /// files attached.
    private(set) var edition = 0

    /// The names of all tables, as queries may use them.
    var tables: Set<String> { Set(owners.keys) }

    /// Refuses a declaration with a table that another projection declares.
    func check(_ declaration: ReadModelDeclaration) throws(ReadModelError) {
        for table in declaration.tables {
            guard let owner = declarer(of: table.name), owner != declaration.name else { continue }
            throw .tableTaken(table.name, by: owner)
        }
    }

    /// Adds the entry, in place of one with its name.
    mutating func insert(_ entry: Entry) {
        entries[entry.declaration.name] = entry
        arrange()
    }

    /// Takes an entry out; nil when there is none of the name.
    mutating func remove(_ name: String) -> Entry? {
        guard let entry = entries.removeValue(forKey: name) else { return nil }
        arrange()
        return entry
    }

    private mutating func arrange() {
        edition += 1
        models = [:]
        owners = [:]
        for (name, entry) in entries where !isInTheWay(entry) {
            models[name] = entry.answering
            for table in entry.answering.tables { owners[table.lowercased()] = name }
        }
    }

    /// The read models whose tables the statement names, in the order of their names.
    func models(usedBy sql: String) -> [ReadModel] {
        Set(SQLWords.words(of: sql).compactMap { owners[$0] }).sorted().compactMap { models[$0] }
    }

    /// The projection whose new generation will have the table, or else the column, that a statement misses,
    /// while it is being built.
    func builder(of table: String? = nil, column: String? = nil, for sql: String) -> String? {
        let words = SQLWords.words(of: sql)
        return entries.values.filter { $0.building != nil }.map(\.declaration).sorted { $0.name < $1.name }
            .first { declaration in
                declaration.tables.contains { declared in
                    let name = declared.name.lowercased()
                    if let table { return name == table.lowercased() }
                    guard let column, words.contains(name) else { return false }
                    return SQLWords.words(of: declared.columns).contains(column.lowercased())
                }
            }?.name
    }

    /// Whether another projection declares one of the tables of a generation that a former declaration made.
    ///
    /// A statement could not tell the two apart, so the older generation doesn't answer.
    private func isInTheWay(_ entry: Entry) -> Bool {
        guard !entry.answering.reflects(entry.declaration) else { return false }
        return entry.answering.tables.contains { table in
            declarer(of: table).map { $0 != entry.declaration.name } ?? false
        }
    }

    /// The projection that declares a table.
    private func declarer(of table: String) -> String? {
        let name = table.lowercased()
        return entries.values.first { entry in
            entry.declaration.tables.contains { $0.name.lowercased() == name }
        }?.declaration.name
    }
}
