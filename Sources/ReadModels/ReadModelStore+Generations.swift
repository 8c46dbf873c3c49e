import Synchronization

/// What is open of one projection's rows.
public struct ReadModelGenerations: Sendable {
    /// Queries are answered from it; made by another declaration than the one that was opened, it stays as it
    /// is.
    public let answering: ReadModel

    /// It is built beside, from position 0 on; nil when nothing is.
    public let building: ReadModel?

    /// The newer of the two.
    public var newest: ReadModel { building ?? answering }
}

/// How generations come and go. Of each read model there are at most two: the one that answers, and a newer
/// one that is being built beside it.
///
/// What happened last is always in the files: the newest generation that says so answers, a newer one is
/// being built, and older ones are leftovers.
extension ReadModelStore {
    /// Opens the read model of a projection, where it was left.
    ///
    /// When what answers was made from another declaration (another version, other tables), it goes on
    /// answering as it is, and an empty generation is made beside it, or the one that was begun is gone on
    /// with. Without an older generation the new one answers from the beginning, while it grows.
    /// - Throws: `.invalidName`, `.tableTaken`, `.notAllowed` and `.sql` for what is wrong with the
    ///   declaration; `.file`, `.damaged` and `.foreign` for its files; `.closed`.
    public func open(_ declaration: ReadModelDeclaration) throws(ReadModelError) -> ReadModelGenerations {
        try declaration.validate()
        return try changing.withLock { (_) throws(ReadModelError) in
            let catalog = try openCatalog()
            try catalog.check(declaration)
            var opened: [ReadModel] = []
            if let known = catalog.entries[declaration.name] {
                if known.declaration.identity == declaration.identity { return known.generations }
                opened = [known.answering] + (known.building.map { [$0] } ?? [])
            }
            let isKnown = !opened.isEmpty
            do throws(ReadModelError) {
                if !isKnown { try openFiles(of: declaration.name, into: &opened) }
                let entry = try arrange(opened, for: declaration)
                try show(entry)
                return entry.generations
            } catch {
                // `try?`: the first error is the one to tell; these were opened for nothing.
                if !isKnown { for model in opened { try? model.close() } }
                throw error
            }
        }
    }

    /// Begins a new generation of an unchanged declaration, from position 0 on; what answers goes on.
    ///
    /// - Throws: `.file`, `.closed`.
    /// - Returns: the new generation, or the one that is being built already.
    public func rebuild(_ name: String) throws(ReadModelError) -> ReadModel {
        try changing.withLock { (_) throws(ReadModelError) in
            guard var entry = try openCatalog().entries[name] else { throw .closed }
            if let building = entry.building { return building }
            let building = try make(entry.answering.generation + 1, of: entry.declaration, answers: false)
            entry.building = building
            try show(entry)
            return building
        }
    }

    /// From now on queries are answered from the generation that was being built.
    ///
    /// For queries it is one moment: each that begins before it sees the old rows to its end, each that
    /// begins behind it the new ones. The old file goes when the last such query has ended. A crash finds
    /// either what was before or what is now.
    /// - Parameters:
    ///   - name: the projection's.
    ///   - noted: called when the file says that it answers, before any query sees that.
    /// - Throws: `.file`, `.closed`.
    public func answerFromNew(_ name: String, noted: () -> Void = {}) throws(ReadModelError) {
        try changing.withLock { (_) throws(ReadModelError) in
            guard var entry = try openCatalog().entries[name], let building = entry.building else { return }
            let old = entry.answering
            try building.beginAnswering()
            noted()
            entry.answering = building
            entry.building = nil
            try show(entry, retiring: old)
        }
    }

    /// Gives the generation up that is being built; what answers goes on.
    ///
    /// - Throws: `.file`, `.closed`.
    public func abandonNew(_ name: String) throws(ReadModelError) {
        try changing.withLock { (_) throws(ReadModelError) in
            guard var entry = try openCatalog().entries[name], let building = entry.building else { return }
            entry.building = nil
            try show(entry)
            try building.remove()
        }
    }

    /// Lets a projection's read model go that nobody declares any more; its files stay, so that it goes on
    /// where it was when it comes back.
    ///
    /// What fails to close is closed with the process; nothing committed is lost by that.
    public func close(_ name: String) {
        changing.withLock { _ in
            let (idle, unused) = shared.withLock { shared in
                guard let entry = shared.catalog.remove(name) else { return ([Reader](), [Retired]()) }
                for model in [entry.answering] + (entry.building.map { [$0] } ?? []) {
                    let edition = shared.catalog.edition
                    shared.retired.append(Retired(edition: edition, model: model, isKept: true))
                }
                defer { shared.idleReaders = [] }
                return (shared.idleReaders, shared.takeUnused())
            }
            // `try?`: see above.
            for reader in idle { try? reader.connection.close() }
            // `try?`: the same.
            for retired in unused { try? retired.letGo() }
        }
    }

    private func openCatalog() throws(ReadModelError) -> Catalog {
        try shared.withLock { (shared) throws(ReadModelError) in
            if shared.isClosed { throw .closed }
            return shared.catalog
        }
    }

    /// Opens what is there of a read model, the oldest first; what a crash left behind is removed.
    private func openFiles(of name: String, into opened: inout [ReadModel]) throws(ReadModelError) {
        for file in try GenerationFile.all(of: name, in: folder) {
            let model = file.exists ? try ReadModel(opening: file, limits: limits) : nil
            if let model { opened.append(model) } else { try file.remove() }
        }
    }

    /// Decides which of the generations answers and which is built, makes what is missing, and removes the
    /// others.
    private func arrange(
        _ opened: [ReadModel],
        for declaration: ReadModelDeclaration
    ) throws(ReadModelError) -> Catalog.Entry {
        // A power failure may lose the note that one answers; then it is the only one left.
        guard let answering = opened.last(where: \.answers) ?? opened.first else {
            return Catalog.Entry(
                declaration: declaration,
                answering: try make(1, of: declaration, answers: true)
            )
        }
        if !answering.answers { try answering.beginAnswering() }
        if declaration.keepsRows, !answering.reflects(declaration) {
            guard answering.identity.hasSuffix("\n" + declaration.shape) else {
                throw .tablesChanged(declaration.name)
            }
            try answering.reflect(declaration)
        }
        let newest = opened.last.flatMap { $0 !== answering && $0.reflects(declaration) ? $0 : nil }
        var entry = Catalog.Entry(declaration: declaration, answering: answering, building: newest)
        if newest == nil, !answering.reflects(declaration) {
            let number = (opened.last ?? answering).generation + 1
            entry.building = try make(number, of: declaration, answers: false)
        }
        for model in opened where model !== answering && model !== entry.building { try model.remove() }
        return entry
    }

    private func make(
        _ number: Int,
        of declaration: ReadModelDeclaration,
        answers: Bool
    ) throws(ReadModelError) -> ReadModel {
        let file = GenerationFile(folder: folder, name: declaration.name, number: number)
        return try ReadModel(creating: declaration, in: file, answers: answers, limits: limits)
    }

    /// Lets readers see the entry; a generation that no longer answers goes when nobody can come to it.
    private func show(_ entry: Catalog.Entry, retiring old: ReadModel? = nil) throws(ReadModelError) {
        let (idle, unused) = shared.withLock { shared in
            shared.catalog.insert(entry)
            if let old { shared.retired.append(Retired(edition: shared.catalog.edition, model: old)) }
            defer { shared.idleReaders = [] }
            return (shared.idleReaders, shared.takeUnused())
        }
        for reader in idle { try reader.connection.close() }
        for retired in unused { try retired.letGo() }
    }
}

extension Catalog.Entry {
    /// For the store's callers.
    var generations: ReadModelGenerations {
        ReadModelGenerations(answering: answering, building: building)
    }
}
