/// Where a fork begins: a log's index, symbols and marks as they were behind one of its frames.
struct LogFork {
    let identity: LogIdentity
    let index: LogIndex
    let frames: MemoryFrames
    let start: Sequencer.Start

    /// A fork of a log at its last whole frame at or before a position; frames of marks alone that stand
    /// between that frame and the next event belong to it.
    ///
    /// The base may go on: what it adds lies behind the parts that are taken here, and its active part is
    /// copied as it is written to next.
    init(of reader: LogReader, at position: Position) throws(EventLogError) {
        let origin = reader.index.withIndex { index in
            Origin(
                parts: index.parts,
                active: index.active,
                visibleFrames: index.visibleFrames,
                visiblePosition: index.visiblePosition,
                symbols: index.symbols,
                marks: index.marks.published
            )
        }
        let isWhole = position >= origin.visiblePosition
        let parts = try origin.parts(through: min(position, origin.visiblePosition))
        let last = try parts.last.map { part throws(EventLogError) in try part.frame(part.frameCount - 1) }
        var marks = origin.marks
        var end = LogEnd()
        if let last { end = try reader.end(behind: last) }
        if !isWhole { marks = try reader.marks(of: parts, symbols: origin.symbols) }
        let address = last?.end ?? 0
        identity = reader.identity
        index = LogIndex(seed: reader.identity.indexSeed, parts: parts, symbols: origin.symbols, marks: marks)
        frames = MemoryFrames(behind: reader.source.held(), from: address)
        start = Sequencer.Start(end: end, address: address, totals: SegmentTotals())
    }

    /// What is taken of the base in one moment.
    private struct Origin: Sendable {
        let parts: [any IndexPart]
        let active: SegmentIndex
        let visibleFrames: Int
        let visiblePosition: Position
        let symbols: SymbolTable
        let marks: MarkTable

        /// The parts as far as a position, the last of them cut behind its last whole frame.
        func parts(through position: Position) throws(EventLogError) -> [any IndexPart] {
            var kept: [any IndexPart] = []
            for part in parts {
                guard try Self.keep(part, frames: part.frameCount, through: position, &kept) else {
                    return kept
                }
            }
            _ = try Self.keep(active, frames: visibleFrames, through: position, &kept)
            return kept
        }

        /// Keeps a part, or its beginning; returns whether what is behind it may be kept too.
        private static func keep(
            _ part: some IndexPart,
            frames visible: Int,
            through position: Position,
            _ kept: inout [any IndexPart]
        ) throws(EventLogError) -> Bool {
            guard visible > 0 else { return true }
            var frames = visible
            if position < part.end {
                let next = position > part.base ? UInt32(position - part.base) : 0
                // The frame that holds the first event behind the position is left out.
                frames = min(visible, try part.frameNumber(holding: next))
            }
            if frames == part.frameCount {
                kept.append(part)
                return true
            }
            let events = UInt32(try part.frame(frames).firstPosition - part.base - 1)
            if frames > 0 { kept.append(PartialPart(part, events: events, frames: frames)) }
            return false
        }
    }
}
