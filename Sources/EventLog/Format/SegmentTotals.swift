/// What a segment holds so far; its end record repeats it.
struct SegmentTotals: Equatable, Sendable {
    var frames: UInt64 = 0
    var events: UInt64 = 0
}
