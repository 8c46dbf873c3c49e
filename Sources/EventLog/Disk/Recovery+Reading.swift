/// Segments that are read frame by frame: those without an index file, and always the newest.
extension Recovery {
    mutating func scan(_ name: String, isNewest: Bool) throws(EventLogError) {
        let path = folder + "/" + name
        if isNewest {
            // What a crashed process wrote and never flushed becomes durable before anyone is shown it, and
            // what is then read comes from the disk, not from a cache that a failed flush has left wrong.
            let file = try files.open(path, .write)
            try file.flush()
            file.forgetCache()
        }
        guard let segment = try follow(path), var walked = replay else { return }
        // Moved out, so that the index isn't copied when it grows.
        replay = nil
        defer { replay = walked }
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: segment.header.identity.id))
        segments.append(segment)
        offset = segment.firstFrame
        isSealed = false
        marksOfPart = nil
        switch try walked.walk(&scanner, from: &offset, address: segment.address) {
        case .sealed:
            isSealed = true
            if !isNewest { try seal(segment.header, &walked) }
        case .endOfFile:
            if !isNewest { damaged(segment.file, FrameFault("the segment has no end")) }
        case .disorder(let fault): damaged(segment.file, fault)
        case .fault(let fault): try judge(fault, segment.file, &scanner, isNewest: isNewest)
        }
    }

    /// Opens a segment and holds its header against what came before; nil, with the damage noted, for a bad
    /// one.
    private mutating func follow(_ path: String) throws(EventLogError) -> Segment? {
        let expected = address
        offset = 0
        do throws(EventLogError) {
            let segment = try Segment.open(path, .write, files)
            do throws(FrameFault) {
                let header = segment.header
                guard header.number == UInt64(segments.count) + 1, header.address == expected,
                    segments.first.map({ $0.header.identity == header.identity }) ?? true
                else { throw FrameFault("the segment doesn't follow the one before it") }
                try begin(header)
            } catch {
                throw .damaged(file: path, offset: 0, reason: error.reason)
            }
            return segment
        } catch .damaged(let file, let offset, let reason) {
            // Without a first header nobody knows whose log this is.
            if segments.isEmpty { throw .damaged(file: file, offset: offset, reason: reason) }
            report.damage = .init(file: file, offset: offset, reason: reason)
            return nil
        }
    }

    /// Goes on with a segment: behind frames that were read, its header has to agree with them; behind an
    /// index file, it says itself how the log stood.
    private mutating func begin(_ header: SegmentHeader) throws(FrameFault) {
        if let marksOfPart {
            guard header.firstPosition == index.lastPosition + 1 else {
                throw FrameFault("the segment doesn't follow the one before it")
            }
            replay = LogReplay(header, behind: index.parts, marks: marksOfPart)
            return
        }
        var known = replay ?? LogReplay(seed: header.identity.indexSeed)
        replay = nil
        defer { replay = known }
        try known.begin(header)
    }

    /// Reads the symbols of a segment that was taken with its index file and has no header behind it that
    /// would repeat them, because damage is there.
    mutating func readSymbols() throws(EventLogError) {
        guard marksOfPart != nil, let newest = segments.last, let taken = replay else { return }
        var header = newest.header
        var scanner = try SegmentScanner(newest.file, seed: Checksum.seed(of: header.identity.id))
        var offset = newest.firstFrame
        while case .frame(let frame) = try scanner.frame(
            at: offset,
            { frame, bytes in
                do throws(FrameFault) {
                    try frame.forEachRecord(bytes) { record, _ in
                        guard case .symbol(_, let name) = record else { return }
                        header.symbols.append(
                            String(decoding: UnsafeRawBufferPointer(rebasing: bytes[name]), as: UTF8.self)
                        )
                    }
                } catch {
                    // The frames behind this one can't be read either, so nobody needs their symbols.
                    return
                }
            }
        ), !frame.header.flags.contains(.end) {
            offset += frame.range.count
        }
        replay = LogReplay(header, behind: taken.index.parts, marks: marksOfPart ?? [:])
    }

    /// Writes the index of the newest segment, which has ended, to its file.
    mutating func seal(_ header: SegmentHeader) throws(EventLogError) {
        guard var sealed = replay else { return }
        replay = nil
        defer { replay = sealed }
        try seal(header, &sealed)
    }

    /// So memory holds the index of one segment.
    private mutating func seal(
        _ header: SegmentHeader,
        _ replay: inout LogReplay
    ) throws(EventLogError) {
        let ended = replay.endPart(of: header, length: offset)
        let indexes = IndexFolder(path: folder, identity: header.identity, options: options)
        do throws(EventLogError) {
            replay.replacePart(with: try indexes.write(ended))
            report.indexesBuilt += 1
        } catch .diskFull {
            // The part stays in memory: a full disk is no reason not to read what is on it.
            return
        }
    }

    private mutating func damaged(_ file: any File, _ fault: FrameFault) {
        report.damage = .init(file: file.path, offset: offset, reason: fault.reason)
    }

    /// Decides between a torn tail and damage.
    private mutating func judge(
        _ fault: FrameFault,
        _ file: any File,
        _ scanner: inout SegmentScanner,
        isNewest: Bool
    ) throws(EventLogError) {
        guard isNewest else { return damaged(file, fault) }
        if let later = try scanner.frameOfLaterGroup(from: offset, than: address) {
            let reason = "\(fault.reason), and a later frame stands whole at byte \(later)"
            return damaged(file, FrameFault(reason))
        }
        let dataEnd = try scanner.endOfData(from: offset)
        report.tornBytes = dataEnd - offset
        guard dataEnd > offset else { return }
        try file.writeZeros(offset..<dataEnd)
        try file.flush()
    }
}
