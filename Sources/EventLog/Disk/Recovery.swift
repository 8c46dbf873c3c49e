/// Opens a folder: finds its segments and their index files, reads the frames of those that have none,
/// decides what an imperfect end means, and leaves the files as a log that can go on.
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
/// no segment is changed: the log serves what is before it, and takes no appends.
struct Recovery {
    let folder: String
    let options: DiskLogOptions
    var files: any FileSystem { options.fileSystem }

    var segments: [Segment] = []
    var report = RecoveryReport()
    /// All that was found so far.
    var replay: LogReplay?
    /// The marks that the newest part's file keeps, while nothing was read behind it.
    var marksOfPart: NamedMarks?
    /// Where in the newest segment the next frame goes.
    var offset = 0
    /// Whether the newest segment has its end frame.
    var isSealed = false
    /// The header of the segment that comes next, when a full disk was in the way of making it.
    private(set) var nextHeader: SegmentHeader?
    /// Whether the newest segment was made by this recovery.
    private var isNewSegment = false
    /// Index files that turned out to be damaged.
    private let damagedIndexes: Set<String>

    private init(_ folder: String, _ options: DiskLogOptions, without damagedIndexes: Set<String>) {
        self.folder = folder
        self.options = options
        self.damagedIndexes = damagedIndexes
    }

    /// Recovers the segments in a folder that exists and is locked.
    static func run(_ folder: String, _ options: DiskLogOptions) throws(EventLogError) -> Recovery {
        var damaged: Set<String> = []
        while true {
            var recovery = Recovery(folder, options, without: damaged)
            do throws(EventLogError) {
                try recovery.run()
                return recovery
            } catch {
                // Index files are checked where they are used; a damaged one is left out, and built again.
                guard case .damaged(let file, _, _) = error, file.hasSuffix(IndexFolder.suffix),
                    damaged.insert(file).inserted
                else { throw error }
            }
        }
    }

    /// All that was found.
    var index: LogIndex {
        replay?.index ?? LogIndex(seed: segments.first?.header.identity.indexSeed ?? 0)
    }

    /// Where the sequencer goes on.
    var start: Sequencer.Start {
        Sequencer.Start(
            end: replay?.end ?? LogEnd(),
            address: address,
            totals: isNewSegment ? SegmentTotals() : replay?.totals ?? SegmentTotals()
        )
    }

    /// The address of the next frame.
    var address: UInt64 { (segments.last?.address ?? 0) + UInt64(offset) }

    /// The list of ended segments.
    var manifest: Manifest {
        var manifest = Manifest(log: segments.first?.header.identity.id ?? EventID(high: 0, low: 0))
        for (segment, next) in zip(segments, segments.dropFirst()) {
            manifest.add(segment.header, length: Int(next.address - segment.address))
        }
        return manifest
    }

    private mutating func run() throws(EventLogError) {
        let found = try LogFolderFiles(folder, files)
        for name in found.unfinished {
            // What a crash kept from being made; nothing names it.
            try files.remove(folder + "/" + name)
        }
        // A process that was killed between a segment's renaming and this has left a name that a power cut
        // would take away, with all that is acknowledged from now on.
        try files.flushFolder(folder)
        var used: Set<String> = []
        var number = 0
        while number < found.segments.count, report.damage == nil {
            if let (name, count) = try takeIndexed(found, number) {
                used.insert(name)
                number += count
            } else {
                try scan(found.segments[number], isNewest: number == found.segments.count - 1)
                number += 1
            }
        }
        if report.damage == nil, let listed = found.manifest, listed.log == manifest.log { check(listed) }
        if report.damage != nil {
            try readSymbols()
        } else {
            if segments.isEmpty || isSealed { try beginSegment() }
            report.manifestFault = found.manifestFault
            try keepManifest(found)
            for name in found.indexes where !used.contains(name) && !isInUse(name) {
                try files.remove(folder + "/" + name)
            }
        }
        report.segments = segments.count
        report.frames = index.parts.reduce(index.active.frameCount) { $0 + $1.frameCount }
        report.events = index.visiblePosition
    }

    /// Whether a part that this recovery wrote is in a file.
    private func isInUse(_ name: String) -> Bool {
        index.parts.contains { ($0 as? SealedPart)?.path == folder + "/" + name }
    }

    // MARK: Segments with an index

    /// Takes the segments that an index file covers without reading their frames; nil when there is none for
    /// the segment with a number.
    private mutating func takeIndexed(
        _ found: LogFolderFiles,
        _ number: Int
    ) throws(EventLogError) -> (name: String, segments: Int)? {
        // The newest segment is always read: it is the one that a crash may have left torn.
        guard number < found.segments.count - 1 else { return nil }
        let identity = try identity(found.segments[number])
        for name in found.indexes(of: found.segments[number])
        where !damagedIndexes.contains(folder + "/" + name) {
            let part: SealedPart
            do throws(EventLogError) {
                part = try SealedPart(folder + "/" + name, identity: identity, files: files)
            } catch .damaged {
                // Not one of this log any more: another is built in its place.
                continue
            }
            if try take(part, found.segments[number...]) {
                return (name, Int(part.header.stretch.segmentCount))
            }
        }
        return nil
    }

    private func identity(_ name: String) throws(EventLogError) -> LogIdentity {
        if let first = segments.first { return first.header.identity }
        return try Segment.open(folder + "/" + name, .read, files).header.identity
    }

    private mutating func take(
        _ part: SealedPart,
        _ names: ArraySlice<String>
    ) throws(EventLogError) -> Bool {
        let stretch = part.header.stretch
        guard names.count > Int(stretch.segmentCount), part.base == index.lastPosition,
            stretch.startAddress == address, stretch.firstSegment == UInt64(segments.count) + 1
        else { return false }
        var opened: [Segment] = []
        for name in names.prefix(Int(stretch.segmentCount)) {
            let segment: Segment
            do throws(EventLogError) {
                segment = try Segment.open(folder + "/" + name, .read, files)
            } catch .damaged {
                // Reading it alone will say what is wrong with it.
                return false
            }
            guard segment.header.number == stretch.firstSegment + UInt64(opened.count) else { return false }
            if let last = opened.last {
                guard try last.isWhole(before: segment.address) else { return false }
            }
            opened.append(segment)
        }
        guard let first = opened.first, let last = opened.last, first.address == stretch.startAddress,
            last.address < stretch.endAddress, try last.isWhole(before: stretch.endAddress)
        else { return false }
        marksOfPart = try part.marks()
        replay = LogReplay(last.header, behind: index.parts + [part], marks: [:])
        segments += opened
        offset = Int(stretch.endAddress - last.address)
        isSealed = true
        return true
    }

    // MARK: Ends

    /// Holds what was found against the list of segments that was kept beside them.
    ///
    /// A segment is listed when the one behind it has been made, so that one must be there too.
    private mutating func check(_ listed: Manifest) {
        func note(_ position: Position, _ reason: String) -> RecoveryReport.Damage {
            let name = Segment.fileName(firstPosition: position)
            return .init(file: folder + "/" + name, offset: 0, reason: reason)
        }
        let present = manifest.segments
        for (number, line) in listed.segments.enumerated() {
            guard number < segments.count, segments[number].header.firstPosition == line.firstPosition else {
                report.damage = note(line.firstPosition, "the segment is gone, or stands elsewhere")
                return
            }
            guard number < present.count else {
                report.damage = note(line.firstPosition, "the segment behind it is gone")
                return
            }
            guard present[number] == line else {
                report.damage = note(line.firstPosition, "the segment has another length than it had")
                return
            }
        }
    }

    /// Writes the list of segments when it says something else than the segments do: it couldn't be read, or
    /// a crash came before it was written.
    private func keepManifest(_ found: LogFolderFiles) throws(EventLogError) {
        guard let identity = segments.first?.header.identity,
            manifest.segments != found.manifest?.segments ?? [] || found.manifestFault != nil
                || found.manifest.map({ $0.log != identity.id }) ?? false
        else { return }
        do throws(EventLogError) {
            try IndexFolder(path: folder, identity: identity, options: options).write(manifest)
        } catch .diskFull {
            // The next segment that ends writes it; until then the segments speak for themselves.
            return
        }
    }

    /// Makes the segment that comes next, the first one of a new log included.
    private mutating func beginSegment() throws(EventLogError) {
        let identity = segments.first?.header.identity ?? options.newIdentity ?? .random()
        let header = SegmentHeader(
            identity: identity,
            number: UInt64(segments.count) + 1,
            end: replay?.end ?? LogEnd(),
            address: address,
            symbols: index.symbols.names
        )
        let segment: Segment
        do throws(EventLogError) {
            segment = try Segment.create(in: folder, header, files)
        } catch .diskFull(let operation, let path) {
            // What is there can be read; the writer makes the segment as soon as there is room.
            guard !segments.isEmpty else { throw .diskFull(operation: operation, path: path) }
            nextHeader = header
            return
        }
        if let newest = segments.last { try seal(newest.header) }
        segments.append(segment)
        offset = segment.firstFrame
        isSealed = false
        isNewSegment = true
    }
}

extension Segment {
    /// Whether the file reaches as far as where the next segment begins.
    func isWhole(before next: UInt64) throws(EventLogError) -> Bool {
        guard next > address else { return false }
        return UInt64(try file.size()) >= next - address
    }
}
