/// The frames of a memory log: all groups, kept; and in front of them, for a fork, those of its base.
struct MemoryFrames: FrameSource {
    let recent = RecentFrames(bytesMax: .max)
    private let base: (any FrameSource)?
    /// Where the log's own frames begin.
    private let start: UInt64

    init(behind base: (any FrameSource)? = nil, from start: UInt64 = 0) {
        self.base = base
        self.start = start
    }

    func load(_ frames: ArraySlice<FrameRef>) throws(EventLogError) -> LoadedFrames {
        if let base, let first = frames.first, first.address < start {
            return try base.load(frames.prefix { $0.address < start })
        }
        guard let loaded = recent.load(frames) else {
            preconditionFailure("the index names a frame that was never kept")
        }
        return loaded
    }

    func held() -> any FrameSource { self }

    func place(of address: UInt64) -> (file: String, offset: Int) {
        if let base, address < start { return base.place(of: address) }
        return (file: "memory", offset: Int(address - start))
    }
}
