/// Where the bytes of durable frames come from: memory, or files.
///
/// `LogReader` reads through it.
protocol FrameSource: Sendable {
    /// Loads the first of some frames, and as many of those behind it as are cheap to load at once.
    /// The frames are in ascending order of address, all durable, and at least one.
    func load(_ frames: ArraySlice<FrameRef>) throws(EventLogError) -> LoadedFrames

    /// The same frames, for a fork: they can be loaded after this source was closed.
    func held() -> any FrameSource

    /// The file that holds an address, and the offset in it, for an error to name.
    func place(of address: UInt64) -> (file: String, offset: Int)
}

/// Some frames in memory.
struct LoadedFrames {
    let bytes: FrameBytes
    /// The address of the first byte.
    let address: UInt64
    /// How many of the frames that were asked for are here, whole.
    let count: Int
    /// Whether the bytes come from a disk, and have to be checked again.
    let isFromDisk: Bool
}
