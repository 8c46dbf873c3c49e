/// The segments, frame by frame.
extension LogVerifier {
    mutating func verifySegment(_ path: String, isNewest: Bool) throws(EventLogError) {
        let segment: Segment
        do throws(EventLogError) {
            segment = try Segment.open(path, .read, files)
        } catch .damaged(let file, let offset, let reason) {
            add(.headerDamaged, file, at: offset, reason)
            last = nil
            replay = nil
            bytesDone += try files.open(path, .read).size()
            return
        }
        if let fault = follow(segment.header) {
            add(.segmentOutOfOrder, path, at: 0, fault)
            replay = nil
        }
        report.segments += 1
        isEnded = false
        let start = bytesDone
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: segment.header.identity.id))
        let (progress, total) = (progress, bytesTotal)
        scanner.onLoad = { progress.tell(min(start + $0, total), of: total) }
        let length: Int
        if replay != nil {
            length = try walk(segment, &scanner, isNewest: isNewest)
        } else {
            length = try walkAlone(segment, &scanner, isNewest: isNewest)
        }
        if isEnded { lengths[Segment.fileName(firstPosition: segment.header.firstPosition)] = length }
        last = (segment.header, length)
        bytesDone = start + scanner.size
        tell()
    }

    /// Why a segment can't be the next one; nil when it can.
    private mutating func follow(_ header: SegmentHeader) -> String? {
        guard let last else {
            if report.segments == 0, segmentsAreWhole {
                guard header.number == 1, header.address == 0 else {
                    return "it is segment \(header.number), and no other is before it"
                }
                replay = LogReplay(seed: header.identity.indexSeed)
                return begin(header)
            }
            // Behind one without a header: it says itself where it begins.
            return nil
        }
        guard header.identity == last.header.identity else { return "it is of another log" }
        guard header.number == last.header.number + 1 else {
            return "it is segment \(header.number), behind segment \(last.header.number)"
        }
        guard replay != nil else { return nil }
        guard header.address == last.header.address + UInt64(last.length) else {
            return "it begins at address \(header.address), not where the segment before it ends"
        }
        return begin(header)
    }

    private mutating func begin(_ header: SegmentHeader) -> String? {
        guard var known = replay else { return nil }
        replay = nil
        defer { replay = known }
        do throws(FrameFault) {
            try known.begin(header)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Walks a segment behind others that are whole; returns where its frames end.
    private mutating func walk(
        _ segment: Segment,
        _ scanner: inout SegmentScanner,
        isNewest: Bool
    ) throws(EventLogError) -> Int {
        guard var walked = replay else { return 0 }
        // Moved out, so that the index isn't copied when it grows.
        replay = nil
        var offset = segment.firstFrame
        let path = segment.file.path
        let stop = try walked.walk(&scanner, from: &offset, address: segment.address)
        report.frames += Int(walked.totals.frames)
        report.lastPosition = walked.end.lastPosition
        switch stop {
        case .sealed:
            isEnded = true
            try findBytesBehind(segment, &scanner, offset)
            let ended = walked.endPart(of: segment.header, length: offset)
            try compareIndexes(with: ended)
            try settle(ended, &walked)
            replay = walked
        case .endOfFile:
            if isNewest { replay = walked } else { findCut(path, offset) }
        case .disorder(let fault): add(.frameOutOfOrder, path, at: offset, fault.reason)
        case .fault(let fault):
            try judge(fault, segment, &scanner, offset, isNewest: isNewest)
            if isNewest { replay = walked }
        }
        return offset
    }

    private mutating func findCut(_ path: String, _ offset: Int) {
        add(.segmentCut, path, at: offset, "the segment has no end, and others follow it")
    }

    private mutating func judge(
        _ fault: FrameFault,
        _ segment: Segment,
        _ scanner: inout SegmentScanner,
        _ offset: Int,
        isNewest: Bool
    ) throws(EventLogError) {
        guard isNewest else {
            return add(.frameDamaged, segment.file.path, at: offset, fault.reason)
        }
        if let finding = try scanner.judge(fault, in: segment, at: offset, holder: report.holder) {
            report.findings.append(finding)
        }
    }

    private mutating func findBytesBehind(
        _ segment: Segment,
        _ scanner: inout SegmentScanner,
        _ offset: Int
    ) throws(EventLogError) {
        let end = try scanner.endOfData(from: offset)
        guard end > offset else { return }
        add(.bytesBehindEnd, segment.file.path, at: offset, "\(end - offset) bytes behind the segment's end")
    }

    /// Walks a segment behind damage: each frame against its checksums and the one before it.
    private mutating func walkAlone(
        _ segment: Segment,
        _ scanner: inout SegmentScanner,
        isNewest: Bool
    ) throws(EventLogError) -> Int {
        var order = FrameOrder(before: segment.header)
        var offset = segment.firstFrame
        let path = segment.file.path
        while offset < scanner.size {
            var disorder: FrameFault?
            let place = segment.address + UInt64(offset)
            let found = try scanner.frame(at: offset) { frame, bytes in
                do throws(FrameFault) {
                    try order.check(frame.header, at: place)
                    try frame.forEachRecord(bytes) { _, _ in }
                } catch {
                    disorder = error
                }
            }
            guard case .frame(let frame) = found else {
                if case .fault(let fault) = found {
                    try judge(fault, segment, &scanner, offset, isNewest: isNewest)
                }
                return offset
            }
            if let disorder {
                add(.frameOutOfOrder, path, at: offset, disorder.reason)
                return offset
            }
            order.advance(behind: frame.header, checksum: frame.checksum)
            report.lastPosition = order.end.lastPosition
            offset += frame.range.count
            if frame.header.flags.contains(.end) {
                isEnded = true
                return offset
            }
            report.frames += 1
        }
        if !isNewest { findCut(path, offset) }
        return offset
    }
}
