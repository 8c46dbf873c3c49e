/// Opens a folder: reads every frame, decides what an imperfect end means, and leaves the files as a log that
/// can go on.
///
/// Runs once, before anything is served. Called by `DiskLog.open`.
///
/// What an imperfect frame means (`LogFormat.md` has the reasons):
///
///     in a segment that isn't the newest               damage
///     whole, but not the next frame                    damage
///     behind it a frame whose group began later        damage: what is before a group was flushed before
///     else                                             torn: the group being written; nobody was told
///
/// A torn tail is wiped with zeros and flushed, so that it can never be taken for frames again. With damage
/// nothing is changed: the log serves what is before it, and takes no appends.
struct Recovery {
    private let folder: String
    private let options: DiskLogOptions
    private var files: any FileSystem { options.fileSystem }
    private var replay = LogReplay()
    private(set) var segments: [Segment] = []
    private(set) var report = RecoveryReport()
    /// Where in the newest segment the next frame goes.
    private var offset = 0
    /// Whether the newest segment has its end frame.
    private var isSealed = false
    /// Whether the newest segment was made by this recovery.
    private var isNewSegment = false

    /// A recovery of the segments in a folder that exists and is locked.
    init(folder: String, options: DiskLogOptions) {
        self.folder = folder
        self.options = options
    }

    /// All that was found.
    var index: LogIndex { replay.index }

    /// Where the sequencer goes on.
    var start: Sequencer.Start {
        Sequencer.Start(
            end: replay.end,
            address: address,
            totals: isNewSegment ? SegmentTotals() : replay.totals
        )
    }

    /// The address of the next frame.
    private var address: UInt64 { (segments.last?.address ?? 0) + UInt64(offset) }

    mutating func run() throws(EventLogError) {
        let names = try files.names(in: folder)
        for name in names where name.hasSuffix(files.unfinishedSuffix) {
            // A segment that a crash kept from being made: nothing was ever written to it.
            try files.remove(folder + "/" + name)
        }
        let segmentNames = names.filter { Segment.firstPosition(inFileName: $0) != nil }
        for (number, name) in segmentNames.enumerated() where report.damage == nil {
            try scan(folder + "/" + name, isNewest: number == segmentNames.count - 1)
        }
        report.segments = segments.count
        report.frames = replay.frames
        report.events = replay.end.lastPosition
        if report.damage == nil, segments.isEmpty || isSealed { try beginSegment() }
    }

    private mutating func scan(_ path: String, isNewest: Bool) throws(EventLogError) {
        let file = try files.open(path, .write)
        if isNewest {
            // What a crashed process wrote and never flushed becomes durable before anyone is shown it, and
            // what is then read comes from the disk, not from a cache that a failed flush has left wrong.
            try file.flush()
            file.forgetCache()
        }
        guard let header = try header(of: file) else { return }
        let segment = Segment(file: file, header: header)
        segments.append(segment)
        var scanner = try SegmentScanner(file, seed: Checksum.seed(of: header.identity.id))
        offset = segment.firstFrame
        isSealed = false
        while !isSealed, offset < scanner.size {
            var disorder: FrameFault?
            let address = self.address
            let found = try scanner.frame(at: offset) { frame, bytes in
                do throws(FrameFault) {
                    try replay.checkOrder(frame.header, at: address)
                    try replay.apply(frame, bytes, at: address)
                } catch {
                    disorder = error
                }
            }
            if let disorder { return damaged(file, disorder) }
            switch found {
            case .frame(let frame):
                offset += frame.range.count
                isSealed = frame.header.flags.contains(.end)
            case .fault(let fault):
                return try judge(fault, file, &scanner, isNewest: isNewest)
            }
        }
        if !isNewest, !isSealed { damaged(file, FrameFault("the segment has no end")) }
    }

    /// Reads a segment's header and holds it against what came before; nil, with the damage noted, for a bad
    /// one.
    private mutating func header(of file: any File) throws(EventLogError) -> SegmentHeader? {
        let expectedAddress = address
        offset = 0
        let first = try file.read(SegmentHeader.blockSize, at: 0)
        do throws(FrameFault) {
            let length = try first.withRawBytes { bytes throws(FrameFault) in
                try SegmentHeader.length(of: bytes)
            }
            let bytes: [UInt8]
            do throws(EventLogError) {
                bytes = length == first.count ? first : try file.read(length, at: 0)
            } catch {
                throw FrameFault("the segment's header can't be read: \(error)")
            }
            let header = try bytes.withRawBytes { bytes throws(FrameFault) in try SegmentHeader(bytes) }
            try replay.begin(header)
            guard header.number == UInt64(segments.count) + 1, header.address == expectedAddress,
                segments.first.map({ $0.header.identity == header.identity }) ?? true
            else { throw FrameFault("the segment doesn't follow the one before it") }
            return header
        } catch {
            // Without a first header nobody knows whose log this is.
            if segments.isEmpty { throw .damaged(file: file.path, offset: 0, reason: error.reason) }
            damaged(file, error)
            return nil
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

    /// Makes the segment that comes next, the first one of a new log included.
    private mutating func beginSegment() throws(EventLogError) {
        let identity = segments.first?.header.identity ?? options.newIdentity ?? .random()
        let header = SegmentHeader(
            identity: identity,
            number: UInt64(segments.count) + 1,
            end: replay.end,
            address: address,
            symbols: index.symbols.names
        )
        let segment = try Segment.create(in: folder, header, files)
        segments.append(segment)
        report.segments = segments.count
        offset = segment.firstFrame
        isSealed = false
        isNewSegment = true
    }
}
