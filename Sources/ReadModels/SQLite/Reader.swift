/// A read-only connection to the files of as many read models as a query joins.
///
/// Its own database is empty; the files are attached as they are needed, and stay attached for the next read.
/// Tables have names that are unique among projections, so that a query needs no qualified ones.
///
/// `@unchecked Sendable`: `attached` is only touched by the one session that has the reader from the pool.
final class Reader: @unchecked Sendable {
    /// The catalog that it reads for.
    let catalog: Catalog

    /// The connection; never writes, and so never moves pages from a write-ahead log into its file.
    let connection: Connection

    /// Names of the read models whose files are attached, each under its index here.
    private var attached: [String?] = []

    init(catalog: Catalog, limits: ReadModelLimits) throws(ReadModelError) {
        self.catalog = catalog
        connection = try Connection(path: ":memory:", readOnly: true, limits: limits)
    }

    /// Attaches the file of each read model that isn't yet; makes room by detaching what isn't in `needed`.
    ///
    /// Only inside the connection's `transaction`.
    /// - Parameter needed: names of all read models that the session has touched, with the new ones.
    /// - Throws: `ReadModelError.tooManyModels`, `.file`, `.damaged`.
    func attach(_ needed: Set<String>) throws(ReadModelError) {
        for name in needed.sorted() where !attached.contains(name) {
            guard let model = catalog.models[name] else { continue }
            let slot = try freeSlot(keeping: needed)
            _ = try connection.execute(
                "attach database ? as model_\(slot)",
                [.text(model.file.path)],
                as: .host
            )
            attached[slot] = name
        }
    }

    private func freeSlot(keeping needed: Set<String>) throws(ReadModelError) -> Int {
        if let free = attached.firstIndex(of: nil) { return free }
        let limit = connection.attachedMax
        if attached.count < limit {
            attached.append(nil)
            return attached.count - 1
        }
        guard let slot = attached.firstIndex(where: { name in name.map { !needed.contains($0) } ?? true })
        else {
            throw .tooManyModels(limit: limit)
        }
        _ = try connection.execute("detach database model_\(slot)", [], as: .host)
        attached[slot] = nil
        return slot
    }
}
