import Synchronization

/// The newest groups of frames, as they were written: what readers at the head of the log read instead of the
/// disk.
///
/// With no bound it holds a whole log in memory.
///
/// Invariants: groups are in ascending order of address; a group is whole, or gone.
final class RecentFrames: Sendable {
    private struct Group {
        let address: UInt64
        /// Given up, before its place is, when the group is gone.
        var bytes: FrameBytes
    }

    private static let noBytes = FrameBytes([])

    private struct Ring {
        var groups: [Group] = []
        /// Groups before this index are gone; the array is compacted when they are half of it.
        var first = 0
        var byteCount = 0
    }

    private let ring = Mutex(Ring())
    private let bytesMax: Int

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Adds a group that is about to become visible, and lets go of the oldest ones that it displaces.
    func append(_ bytes: ArraySlice<UInt8>, at address: UInt64) {
        let group = Group(address: address, bytes: FrameBytes(Array(bytes)))
        ring.withLock { ring in
            ring.groups.append(group)
            ring.byteCount += group.bytes.bytes.count
            while ring.byteCount > bytesMax, ring.first < ring.groups.count {
                ring.byteCount -= ring.groups[ring.first].bytes.bytes.count
                ring.groups[ring.first].bytes = Self.noBytes
                ring.first += 1
            }
            if ring.first > 32, ring.first * 2 > ring.groups.count {
                ring.groups.removeFirst(ring.first)
                ring.first = 0
            }
        }
    }

    /// The group that holds the first of some frames, and how many of the frames it holds; nil when it is
    /// gone.
    func load(_ frames: ArraySlice<FrameRef>) -> LoadedFrames? {
        guard let wanted = frames.first, let group = group(holding: wanted.address) else { return nil }
        let end = group.address + UInt64(group.bytes.bytes.count)
        return LoadedFrames(
            bytes: group.bytes,
            address: group.address,
            count: frames.prefix { $0.end <= end }.count,
            isFromDisk: false
        )
    }

    private func group(holding address: UInt64) -> Group? {
        ring.withLock { ring in
            var low = ring.first
            var high = ring.groups.count
            while low < high {
                let middle = (low + high) / 2
                if ring.groups[middle].address <= address { low = middle + 1 } else { high = middle }
            }
            guard low > ring.first else { return nil }
            let group = ring.groups[low - 1]
            return address < group.address + UInt64(group.bytes.bytes.count) ? group : nil
        }
    }
}
