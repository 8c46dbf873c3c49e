import Synchronization

/// The open files of a log, and its newest groups in memory: where readers of a disk log get frames from.
///
/// Invariants: segments are in ascending order of address; the writer alone adds one. A reader takes its own
/// reference to a file, so closing the log never pulls it away.
final class SegmentFiles: FrameSource {
    private let segments: Mutex<[Segment]>
    let recent = RecentFrames(bytesMax: SegmentFiles.recentBytesMax)

    /// What is kept of the newest groups, so that whoever follows the log doesn't read the disk.
    private static let recentBytesMax = 16 << 20

    /// What one read takes at once: large enough that the call costs little beside the copy.
    private static let readBytesMax = 512 << 10

    /// Bytes between two wanted frames that are rather read than skipped with a second call.
    private static let readGapMax = 16 << 10

    init(_ segments: [Segment]) {
        self.segments = Mutex(segments)
    }

    /// The segments, in order; none when the log is closed.
    var all: [Segment] { segments.withLock { $0 } }

    func append(_ segment: Segment) {
        segments.withLock { $0.append(segment) }
    }

    /// Lets go of the files; readers that are under way keep theirs until they are done.
    func close() {
        segments.withLock { $0.removeAll() }
    }

    func load(_ frames: ArraySlice<FrameRef>) throws(EventLogError) -> LoadedFrames {
        if let loaded = recent.load(frames) { return loaded }
        guard let first = frames.first else { preconditionFailure("a read asks for at least one frame") }
        guard let (segment, segmentEnd) = segment(holding: first.address) else { throw .closed }
        var end = first.end
        var count = 1
        for frame in frames.dropFirst() {
            guard frame.address < segmentEnd, frame.address - end <= UInt64(Self.readGapMax),
                frame.end - first.address <= UInt64(Self.readBytesMax)
            else { break }
            end = frame.end
            count += 1
        }
        let offset = Int(first.address - segment.address)
        let bytes = try segment.file.read(Int(end - first.address), at: offset)
        return LoadedFrames(
            bytes: FrameBytes(bytes),
            address: first.address,
            count: count,
            isFromDisk: true
        )
    }

    func held() -> any FrameSource {
        SegmentFiles(segments.withLock { $0 })
    }

    /// The segment that holds an address, and the address where the next one begins.
    private func segment(holding address: UInt64) -> (segment: Segment, end: UInt64)? {
        segments.withLock { segments in
            var low = 0
            var high = segments.count
            while low < high {
                let middle = (low + high) / 2
                if segments[middle].address <= address { low = middle + 1 } else { high = middle }
            }
            guard low > 0 else { return nil }
            return (segments[low - 1], low < segments.count ? segments[low].address : .max)
        }
    }

    func place(of address: UInt64) -> (file: String, offset: Int) {
        guard let (segment, _) = segment(holding: address) else { return (file: "the log", offset: 0) }
        return (file: segment.file.path, offset: Int(address - segment.address))
    }
}
