/// The frames of a memory log: all groups, kept.
struct MemoryFrames: FrameSource {
    let recent = RecentFrames(bytesMax: .max)

    func load(_ frames: ArraySlice<FrameRef>) throws(EventLogError) -> LoadedFrames {
        guard let loaded = recent.load(frames) else {
            preconditionFailure("the index names a frame that was never kept")
        }
        return loaded
    }

    func place(of address: UInt64) -> (file: String, offset: Int) {
        (file: "memory", offset: Int(address))
    }
}
