/// The numbers that stand for names in an encoded frame, and the revisions that its events were given.
struct FrameNumbers {
    /// A symbol for each event's type.
    var types: [UInt32] = []
    /// A revision for each event.
    var revisions: [Revision] = []
    /// A symbol for each mark's processor.
    var processors: [UInt32] = []
    /// The symbols that this frame is the first to use, in order of their numbers.
    var newSymbols: [(number: UInt32, name: String)] = []
}
