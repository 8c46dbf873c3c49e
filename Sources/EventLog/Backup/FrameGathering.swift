/// Makes whole frames of bytes that come in pieces of any length, and holds each one against the one before.
///
/// Invariant: what has left here is whole, as it was written, and the next of its log; so a copy that keeps
/// only that is a prefix of the log at any moment.
struct FrameGathering: Sendable {
    /// Where the frames end that have left.
    private(set) var order: FrameOrder
    /// The address of the next byte to leave.
    private(set) var address: UInt64
    private let seed: UInt32
    private var bytes: [UInt8] = []

    init(seed: UInt32, behind order: FrameOrder, at address: UInt64) {
        self.seed = seed
        self.order = order
        self.address = address
    }

    /// Whether a frame has come in part.
    var isInsideFrame: Bool { !bytes.isEmpty }

    /// Adds bytes, and hands the whole frames that there are now to `visit`, with where they belong.
    ///
    /// A fault says why bytes aren't the next frame; all earlier frames were handed out.
    mutating func add(
        _ more: ArraySlice<UInt8>,
        _ visit: (ArraySlice<UInt8>, UInt64) throws(EventLogError) -> Void
    ) throws(EventLogError) -> FrameFault? {
        bytes += more
        var used = 0
        var fault: FrameFault?
        do throws(FrameFault) {
            while let frame = try nextFrame(at: used) {
                try order.check(frame.header, at: address + UInt64(used))
                order.advance(behind: frame.header, checksum: frame.checksum)
                used = frame.range.upperBound
            }
        } catch {
            fault = error
        }
        if used > 0 { try visit(bytes[..<used], address) }
        address += UInt64(used)
        bytes.removeFirst(used)
        return fault
    }

    /// The frame that begins at an offset; nil when it isn't all there yet.
    private func nextFrame(at offset: Int) throws(FrameFault) -> FrameReader? {
        guard bytes.count - offset >= FrameHeader.size else { return nil }
        return try bytes.withRawBytes { all throws(FrameFault) -> FrameReader? in
            let (header, _) = try FrameHeader.read(all, at: offset, seed: seed)
            guard all.count - offset >= Int(header.length) else { return nil }
            let frame = try FrameReader(all, at: offset, seed: seed)
            try frame.verify(all)
            return frame
        }
    }
}
