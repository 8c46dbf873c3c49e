/// A folder's names twice: as the system shows them, and as the disk holds them.
struct FaultyFolder: Sendable {
    /// The number of the inode behind each name.
    private(set) var names: [String: Int] = [:]
    private var durable: [String: Int] = [:]
    /// What changed since the last flush, in order.
    private var changes: [Change] = []

    /// A change of names, done at once or not at all.
    enum Change: Sendable {
        case link(String, inode: Int)
        case rename(String, to: String)
        case remove(String)

        fileprivate func apply(to names: inout [String: Int]) {
            switch self {
            case .link(let name, let inode): names[name] = inode
            case .rename(let name, let target): names[target] = names.removeValue(forKey: name)
            case .remove(let name): names[name] = nil
            }
        }
    }

    /// Changes the names, not yet durably.
    mutating func apply(_ change: Change) {
        change.apply(to: &names)
        changes.append(change)
    }

    /// Makes the names durable.
    mutating func flush() {
        durable = names
        changes.removeAll(keepingCapacity: true)
    }

    /// The folder after a power cut: some of the changes since the last flush, the first ones.
    func afterPowerCut(_ random: inout SeededRandom) -> FaultyFolder {
        var folder = self
        folder.names = durable
        for change in changes.prefix(.random(in: 0...changes.count, using: &random)) {
            change.apply(to: &folder.names)
        }
        folder.flush()
        return folder
    }
}
