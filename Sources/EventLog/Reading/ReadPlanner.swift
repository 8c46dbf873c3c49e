/// Makes the plan of a read, part by part, in the direction of the read.
struct ReadPlanner: Sendable {
    private let request: ReadRequest
    private let limit: Int
    private let visiblePosition: Position
    private let symbols: [String]
    private let search: PartSearch

    /// What was found, in the order of the direction.
    private var positions: [Position] = []
    private var frames: [FrameRef] = []
    /// Bytes of the frames.
    private var bytes = 0
    /// Whether the page would pin too much with what comes next.
    private var isHeavy = false

    init(_ request: ReadRequest, _ view: SharedIndex.View) {
        self.request = request
        limit = max(0, min(request.limit, LogLimits.readEventsMax))
        visiblePosition = view.visiblePosition
        symbols = view.symbols
        search = PartSearch(
            filter: request.filter,
            backwards: request.direction == .backwards,
            seed: view.seed,
            revision: request.revision
        )
    }

    /// Whether the page takes no more events.
    var isFull: Bool { isHeavy || positions.count >= limit }

    /// Takes what is wanted of a part's events, between two positions.
    mutating func scan(
        _ part: some IndexPart,
        behind: Position = 0,
        through: Position
    ) throws(EventLogError) {
        var low = max(behind, part.base)
        var high = min(through, part.end)
        switch request.direction {
        case .forwards: low = max(low, request.after)
        case .backwards: high = min(high, max(request.after, 1) - 1)
        }
        guard low < high else { return }
        let found = try search.ordinals(
            in: part,
            within: UInt32(low - part.base)..<UInt32(high - part.base),
            limit: limit - positions.count
        )
        try addFrames(holding: found, of: part)
    }

    /// Adds the frames that hold some events, as long as the page doesn't pin more than
    /// `LogLimits.readBytesMax`.
    private mutating func addFrames(
        holding ordinals: [UInt32],
        of part: some IndexPart
    ) throws(EventLogError) {
        var covered: Range<Position> = 0..<0
        for ordinal in ordinals {
            let position = part.base + 1 + Position(ordinal)
            if !covered.contains(position) {
                let number = try part.frameNumber(holding: ordinal)
                let frame = try part.frame(number)
                if !frames.isEmpty, bytes + Int(frame.length) > LogLimits.readBytesMax {
                    isHeavy = true
                    return
                }
                let next =
                    number + 1 < part.frameCount ? try part.frame(number + 1).firstPosition : part.end + 1
                covered = frame.firstPosition..<next
                bytes += Int(frame.length)
                frames.append(frame)
            }
            positions.append(position)
        }
    }

    /// The plan.
    consuming func finish() -> ReadPlan {
        // A page of no events has looked at nothing, so it can't have reached the end.
        let reachedEnd = !isHeavy && positions.count < limit
        let scannedTo = scannedTo(reachedEnd)
        if request.direction == .backwards {
            frames.reverse()
            positions.reverse()
        }
        return ReadPlan(
            frames: frames,
            positions: positions,
            symbols: symbols,
            scannedTo: scannedTo,
            reachedEnd: reachedEnd
        )
    }

    private func scannedTo(_ reachedEnd: Bool) -> Position {
        switch request.direction {
        case .forwards:
            // Never back behind what the caller has seen already.
            reachedEnd ? max(request.after, visiblePosition) : positions.last ?? request.after
        case .backwards:
            reachedEnd ? min(request.after, 1) : positions.last ?? request.after
        }
    }
}
