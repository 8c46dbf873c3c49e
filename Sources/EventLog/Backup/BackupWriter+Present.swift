/// What a backup folder holds already, and how far it can be relied on.
extension BackupWriter {
    /// A segment that is there.
    struct Present {
        let file: any File
        /// How many of its bytes are whole frames of this log.
        let length: Int
    }

    /// The log's list has every segment that is there, if this is an earlier state of it.
    func checkNames() throws(EventLogError) {
        let listed = Set(listing.segments.map(\.name))
        let unfinished = files.unfinishedSuffix
        for name in try files.names(in: logFolder) {
            if name.hasSuffix(unfinished) { try files.remove(logFolder + "/" + name) }
            guard Segment.firstPosition(inFileName: name) != nil else { continue }
            let header = try Segment.open(logFolder + "/" + name, .read, files).header
            guard header.identity.id == listing.log else {
                throw mismatch("it is a backup of the log \(header.identity.id), not of \(listing.log)")
            }
            guard listed.contains(name) else { throw mismatch("the log has no segment \(name)") }
        }
        guard let finished else { return }
        guard finished.log == listing.log else {
            throw mismatch("its \(Manifest.fileName) is that of the log \(finished.log)")
        }
    }

    /// Holds a segment's header against the list and against the segment before.
    func check(
        _ header: SegmentHeader,
        _ segment: BackupSegment,
        at address: UInt64
    ) throws(FrameFault) {
        guard header.identity.id == listing.log, header.number == segment.number,
            header.firstPosition == segment.firstPosition, header.chain == segment.chain,
            header.address == address
        else { throw FrameFault("it begins behind other frames than the log's segment of this name") }
        try order.check(header)
    }

    /// Looks at a segment that is there, and moves the order behind its last frame.
    ///
    /// One that an earlier backup has finished isn't read again; of any other all frames are, as far as they
    /// are whole.
    mutating func present(
        _ segment: BackupSegment,
        at address: UInt64
    ) throws(EventLogError) -> Present {
        let found = try Segment.open(logFolder + "/" + segment.name, .write, files)
        do throws(FrameFault) {
            try check(found.header, segment, at: address)
        } catch {
            throw mismatch("\(segment.name): \(error.reason)")
        }
        let size = try found.file.size()
        if size == segment.bytes, isFinished(segment), let end = try endFrame(of: found, size) {
            order = FrameOrder(behind: end.header, checksum: end.checksum)
            return Present(file: found.file, length: size)
        }
        // A run that was broken off may have left bytes that were never flushed, or whose flush has failed.
        try found.file.flush()
        found.file.forgetCache()
        let length = try lastFrame(of: found)
        guard length <= segment.bytes else {
            throw mismatch(
                "\(segment.name) holds \(length - segment.bytes) bytes of frames more than the log's"
            )
        }
        if length == segment.bytes, size > length {
            try found.file.truncate(to: length)
            try found.file.flush()
        }
        return Present(file: found.file, length: length)
    }

    private func isFinished(_ segment: BackupSegment) -> Bool {
        finished?.segments.contains {
            $0.number == segment.number && $0.length == segment.bytes
                && $0.firstPosition == segment.firstPosition
        } ?? false
    }

    /// The frame that ends a segment, at its end; nil when something else stands there.
    private func endFrame(of segment: Segment, _ size: Int) throws(EventLogError) -> FrameReader? {
        let seed = Checksum.seed(of: listing.log)
        var scanner = try SegmentScanner(segment.file, seed: seed)
        guard case .frame(let frame) = try scanner.frame(at: size - FrameWriter.endFrameSize),
            frame.header.flags.contains(.end)
        else { return nil }
        return frame
    }

    /// Where the last whole frame ends; the order is moved behind it.
    private mutating func lastFrame(of segment: Segment) throws(EventLogError) -> Int {
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: listing.log))
        var offset = segment.firstFrame
        order = FrameOrder(before: segment.header)
        while offset < scanner.size, case .frame(let frame) = try scanner.frame(at: offset) {
            do throws(FrameFault) {
                try order.check(frame.header, at: segment.address + UInt64(offset))
            } catch {
                // Whole, and of another history: what is wanted doesn't go on with it either, if it's ours.
                break
            }
            order.advance(behind: frame.header, checksum: frame.checksum)
            offset = frame.range.count + offset
        }
        return offset
    }
}
