/// The segments of a backup, copied frame by frame as far as they are wanted.
extension LogRestore {
    /// Copies a segment as far as it is wanted; returns whether nothing behind that is.
    mutating func copy(
        _ path: String,
        number: Int,
        isNewest: Bool
    ) throws(EventLogError) -> Bool {
        let segment: Segment
        do throws(EventLogError) {
            segment = try open(path, number: number)
        } catch {
            // What isn't wanted needn't be whole.
            if number > 0, point.isReached(at: order.end.lastPosition) { return true }
            throw error
        }
        var copy = RestoredSegment(segment, at: target, files)
        // The first one is made in any case: it says whose log it is.
        if number == 0 { try copy.begin() }
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: segment.header.identity.id))
        var offset = segment.firstFrame
        var stop = Stop.endOfFile
        while stop == .endOfFile, offset < scanner.size {
            stop = try copyFrame(of: segment, &scanner, &offset, &copy)
            progress.tell(report.bytes + copy.bytes, of: bytesTotal)
        }
        switch stop {
        case .cut, .ended: break
        case .endOfFile:
            if point.isReached(at: order.end.lastPosition) {
                stop = .cut
            } else if !isNewest {
                throw damaged(path, offset, "the segment has no end")
            }
        case .fault where point.isReached(at: order.end.lastPosition): stop = .cut
        case .fault(let fault): try judge(fault, path, &scanner, offset, isNewest: isNewest)
        }
        try copy.finish()
        count(copy.bytes, segment.header, isEnded: stop == .ended)
        return stop == .cut
    }

    /// Opens a segment, which must be the next one.
    private func open(_ path: String, number: Int) throws(EventLogError) -> Segment {
        let segment = try Segment.open(path, .read, files)
        do throws(FrameFault) {
            guard segment.header.number == UInt64(number) + 1, segment.header.address == address else {
                throw FrameFault("the segment doesn't follow the one before it")
            }
            try order.check(segment.header)
        } catch {
            throw damaged(path, 0, error.reason)
        }
        return segment
    }

    private enum Stop: Equatable {
        case endOfFile
        /// Behind the frame that ends the segment.
        case ended
        /// Before the first frame that isn't wanted.
        case cut
        case fault(String)
    }

    private mutating func copyFrame(
        of segment: Segment,
        _ scanner: inout SegmentScanner,
        _ offset: inout Int,
        _ copy: inout RestoredSegment
    ) throws(EventLogError) -> Stop {
        let place = segment.address + UInt64(offset)
        var bytes: ArraySlice<UInt8> = []
        let found = try scanner.frame(at: offset) { frame, all in
            bytes = Array(all[frame.range])[...]
        }
        guard case .frame(let frame) = found else {
            if case .fault(let fault) = found { return .fault(fault.reason) }
            return .endOfFile
        }
        do throws(FrameFault) {
            try order.check(frame.header, at: place)
        } catch {
            if point.isReached(at: order.end.lastPosition) { return .cut }
            throw damaged(segment.file.path, offset, error.reason)
        }
        guard point.includes(frame.header) else { return .cut }
        try copy.append(bytes)
        order.advance(behind: frame.header, checksum: frame.checksum)
        offset += frame.range.count
        return frame.header.flags.contains(.end) ? .ended : .endOfFile
    }

    /// Decides between a torn tail, which is left out, and damage, by the rule of recovery.
    private mutating func judge(
        _ fault: String,
        _ path: String,
        _ scanner: inout SegmentScanner,
        _ offset: Int,
        isNewest: Bool
    ) throws(EventLogError) {
        guard isNewest else { throw damaged(path, offset, fault) }
        if let later = try scanner.frameOfLaterGroup(from: offset, than: address + UInt64(offset)) {
            throw damaged(path, offset, "\(fault), and a later frame stands whole at byte \(later)")
        }
        report.tornBytes = try scanner.endOfData(from: offset) - offset
    }

    private mutating func count(_ bytes: Int, _ header: SegmentHeader, isEnded: Bool) {
        address += UInt64(bytes)
        report.bytes += bytes
        report.segments += bytes > 0 ? 1 : 0
        if manifest == nil { manifest = Manifest(log: header.identity.id) }
        if isEnded { manifest?.add(header, length: bytes) }
    }

    /// What is before damage can still be restored.
    func damaged(_ path: String, _ offset: Int, _ reason: String) -> EventLogError {
        let whole = order.end.lastPosition
        return .damaged(
            file: path,
            offset: offset,
            reason:
                "\(reason); everything up to position \(whole) is whole, and can be restored as far as there"
        )
    }
}
