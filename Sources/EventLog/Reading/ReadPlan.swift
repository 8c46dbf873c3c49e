/// What a read will load: decided under the index's lock, carried out without it.
struct ReadPlan: Sendable {
    /// The frames to load, ascending, each once.
    var frames: [FrameRef]
    /// The events wanted, ascending; each is in one of the frames.
    var ordinals: [UInt32]
    /// The names of all symbols that the frames can use.
    var symbols: [String]
    /// See `EventBatch`.
    var scannedTo: Position
    var reachedEnd: Bool
}

extension LogIndex {
    /// Plans a read of what is visible now.
    func plan(_ request: ReadRequest) -> ReadPlan {
        let backwards = request.direction == .backwards
        let limit = max(0, min(request.limit, LogLimits.readEventsMax))
        let bounds = bounds(of: request)
        var ordinals = ordinals(of: request.filter, within: bounds, backwards: backwards, limit: limit)
        // A page of no events has looked at nothing, so it can't have reached the end.
        var reachedEnd = ordinals.count < limit
        var frames = frames(holding: &ordinals, reachedEnd: &reachedEnd)
        if backwards {
            frames.reverse()
            ordinals.reverse()
        }
        return ReadPlan(
            frames: frames,
            ordinals: ordinals,
            symbols: symbols.names,
            scannedTo: scannedTo(request, ordinals, reachedEnd),
            reachedEnd: reachedEnd
        )
    }

    /// The ordinals that a request may look at.
    private func bounds(of request: ReadRequest) -> Range<UInt32> {
        var low: UInt32 = 0
        var high = visibleEventCount
        let after = request.after
        switch request.direction {
        case .forwards: low = after < Position(high) ? UInt32(after) : high
        case .backwards: high = after > Position(high) ? high : UInt32(max(after, 1) - 1)
        }
        guard case .stream(let stream) = request.filter, let revision = request.revision else {
            return low..<high
        }
        // Revisions of a stream are gapless, so revision N is the list's element N.
        let list = streams.list(of: stream.text)
        switch request.direction {
        case .forwards:
            low = revision < UInt64(list.count) ? max(low, list[Int(revision)]) : high
        case .backwards:
            if revision < UInt64(list.count) { high = min(high, list[Int(revision)] + 1) }
        }
        return low..<max(low, high)
    }

    /// The frames that hold some ordinals, in their order.
    ///
    /// Stops, and drops the rest of the ordinals, where the page would pin more than
    /// `LogLimits.readBytesMax`.
    private func frames(holding ordinals: inout [UInt32], reachedEnd: inout Bool) -> [FrameRef] {
        var found: [FrameRef] = []
        var bytes = 0
        var covered: Range<UInt32> = 0..<0
        for (count, ordinal) in ordinals.enumerated() where !covered.contains(ordinal) {
            let index = frames.index(holding: ordinal)
            let frame = frames[index]
            if !found.isEmpty, bytes + Int(frame.length) > LogLimits.readBytesMax {
                ordinals.removeSubrange(count...)
                reachedEnd = false
                break
            }
            let next = index + 1 < frames.count ? frames[index + 1].firstOrdinal : eventCount
            covered = frame.firstOrdinal..<next
            bytes += Int(frame.length)
            found.append(frame)
        }
        return found
    }

    private func scannedTo(
        _ request: ReadRequest,
        _ ascending: [UInt32],
        _ reachedEnd: Bool
    ) -> Position {
        switch request.direction {
        case .forwards:
            // Never back behind what the caller has seen already.
            if reachedEnd { return max(request.after, Position(visibleEventCount)) }
            return ascending.last.map { Position($0) + 1 } ?? request.after
        case .backwards:
            if reachedEnd { return min(request.after, 1) }
            return ascending.first.map { Position($0) + 1 } ?? request.after
        }
    }
}
