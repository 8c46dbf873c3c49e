import EventLog

extension FaultyFileSystem {
    /// Lets the power go after an operation: it happens, and everything behind it is refused.
    package func cutPower(afterOperation number: Int) {
        change { $0.plan.powerOffAfter = number }
    }

    /// Lets an operation fail; for good when everything behind it is to fail too.
    package func fail(operation number: Int, with fault: FileFault, forGood isForGood: Bool = false) {
        change { $0.plan.failing = (number, fault, isForGood) }
    }

    /// Lets nothing more go wrong; what is lost stays lost.
    package func mend() {
        change { $0.plan = FaultPlan() }
    }

    /// Whether the power has gone, as planned.
    package var isOff: Bool { change { $0.isOff } }

    /// How many operations there were.
    package var operationCount: Int { change { $0.operations.count } }

    /// How many of them failed, as planned.
    package var faultCount: Int { change { $0.faults } }

    /// All operations, to read.
    package var operations: [String] {
        change { $0.operations.enumerated().map { "\($0 + 1) \($1)" } }
    }

    /// The numbers of those operations that change something; the power need be cut after no others.
    package var changingOperations: [Int] {
        change { $0.operations.enumerated().filter(\.element.isChange).map { $0.offset + 1 } }
    }

    /// How many bytes the disk holds; nil for as many as come.
    package var capacity: Int? {
        get { change { $0.capacity } }
        set { change { $0.capacity = newValue } }
    }

    /// The disk that a machine finds when it starts after a power cut at this moment.
    package func powerCut(seed: UInt64) -> FaultyFileSystem {
        FaultyFileSystem(
            change {
                var random = SeededRandom(seed: seed)
                return $0.afterPowerCut(&random)
            }
        )
    }

    /// The disk that a process finds which starts when this one was killed at this moment: all that was
    /// written is still to be seen, durable or not.
    package func processKill() -> FaultyFileSystem {
        FaultyFileSystem(change { $0.afterKill() })
    }

    /// Paths of all files, sorted.
    package var paths: [String] { change { $0.paths } }

    /// A file's bytes, as whoever reads it sees them.
    package func contents(of path: String) -> [UInt8]? {
        change { disk in disk.inode(at: path).map { disk.inodes[$0].contents } }
    }

    /// Puts a durable file of these bytes at a path; who has the old one open keeps it.
    package func setContents(of path: String, _ bytes: [UInt8]) {
        change { disk in
            disk.makeFolder(FilePath.parent(of: path))
            _ = disk.makeFile(path, FaultyInode(bytes))
            disk.folders[FilePath.parent(of: path)]?.flush()
        }
    }

    /// Inverts a bit of a byte, on the disk and in the cache: the one with the number of the byte's offset
    /// modulo 8.
    package func flipBit(in path: String, at offset: Int) {
        change { disk in
            if let inode = disk.inode(at: path) { disk.inodes[inode].flipBit(at: offset) }
        }
    }
}
