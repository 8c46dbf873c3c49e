/// What a look at a data folder tells at little cost: how much it holds, who has it, and the damage that
/// shows in headers, in the list of segments and in the newest segment.
///
/// It changes nothing and needs no lock. Frames of ended segments aren't read, the one that ends each aside;
/// `LogVerifier` reads all.
public struct LogSurvey: Sendable {
    /// The data folder.
    public let folder: String

    /// The id of the log; nil when no header can be read.
    public private(set) var log: EventID?

    /// Who has the folder; nil when nobody has.
    public private(set) var holder: String?

    /// Bytes that can still be written to its disk.
    public private(set) var freeBytes = 0

    /// Segment files.
    public private(set) var segments = 0

    /// Bytes of the segment files.
    public private(set) var segmentBytes = 0

    /// Position of the newest event.
    public private(set) var lastPosition: Position = 0

    /// When the first frame was committed; nil without one.
    public private(set) var firstTime: LogTime?

    /// When the newest frame was committed; nil without one.
    public private(set) var lastTime: LogTime?

    /// Index files.
    public private(set) var indexFiles = 0

    /// Bytes of the index files.
    public private(set) var indexBytes = 0

    /// Bytes of the newest segment that are room for what comes.
    public private(set) var zerosAhead = 0

    /// Everything that was found, in the order of the log.
    public private(set) var findings: [LogFinding] = []

    private let files: any FileSystem

    /// Room below which it is high time to make some: twice a segment, and what else a host writes.
    private static let freeBytesMin = 512 << 20

    /// Looks at a data folder.
    ///
    /// - Throws: `EventLogError.noLog`, and `.file` when something can't be read at all.
    public static func run(_ folder: String) throws(EventLogError) -> LogSurvey {
        try run(folder, files: POSIXFileSystem())
    }

    /// The same on any file system.
    package static func run(
        _ folder: String,
        files: any FileSystem
    ) throws(EventLogError) -> LogSurvey {
        var survey = LogSurvey(folder, files)
        try survey.look()
        return survey
    }

    private init(_ folder: String, _ files: any FileSystem) {
        self.folder = folder
        self.files = files
    }

    private var logFolder: String { folder + "/" + LogFolderFiles.segmentFolder }

    private mutating func add(
        _ kind: LogFinding.Kind,
        _ file: String,
        at offset: Int? = nil,
        _ detail: String
    ) {
        findings.append(LogFinding(kind, file, at: offset, detail))
    }

    private mutating func look() throws(EventLogError) {
        let names = try LogFolderFiles.segmentNames(in: folder, files)
        holder = try FolderLock.holder(of: folder, files)
        freeBytes = try files.freeBytes(in: folder)
        if freeBytes < Self.freeBytesMin { add(.diskNearlyFull, folder, "\(freeBytes >> 20) MiB are free") }
        var manifest: Manifest?
        do throws(EventLogError) {
            manifest = try Manifest.read(folder, files)
        } catch .damaged(let file, let offset, let reason) {
            add(.manifestDamaged, file, at: offset, reason)
        }
        try lookAtOthers()
        var last: Segment?
        for name in names {
            let path = logFolder + "/" + name
            segments += 1
            segmentBytes += try files.open(path, .read).size()
            do throws(EventLogError) {
                let segment = try Segment.open(path, .read, files)
                try look(at: segment, behind: last)
                last = segment
            } catch .damaged(let file, let offset, let reason) {
                add(.headerDamaged, file, at: offset, reason)
                last = nil
            }
        }
        for line in manifest?.segments ?? [] {
            let name = Segment.fileName(firstPosition: line.firstPosition)
            if !names.contains(name) {
                add(.segmentMissing, logFolder + "/" + name, "\(Manifest.fileName) lists it")
            }
        }
        if let name = names.last, let reason = manifest?.isMissingOne(behind: name) {
            add(.segmentMissing, logFolder + "/" + name, reason)
        }
        if let last { try lookAtNewest(last) }
    }

    private mutating func lookAtOthers() throws(EventLogError) {
        let unfinished = folder + "/" + LogRestore.unfinishedFolder
        if files.exists(unfinished) { add(.restoreUnfinished, unfinished, "it was to become the log") }
        for name in try files.names(in: logFolder) {
            let path = logFolder + "/" + name
            if name.hasSuffix(IndexFolder.suffix) {
                indexFiles += 1
                indexBytes += try files.open(path, .read).size()
            } else if name.hasSuffix(files.unfinishedSuffix), holder == nil {
                add(.unfinishedFile, path, "a crash kept it from being made")
            }
        }
    }

    /// Looks at a segment's header, and at the end of the segment before it.
    private mutating func look(at segment: Segment, behind last: Segment?) throws(EventLogError) {
        let header = segment.header
        guard let last else {
            if log == nil { firstTime = try frame(of: segment, at: segment.firstFrame)?.header.time }
            log = log ?? header.identity.id
            return
        }
        let path = segment.file.path
        guard header.identity == last.header.identity, header.number == last.header.number + 1 else {
            return add(
                .segmentOutOfOrder,
                path,
                at: 0,
                "it isn't segment \(last.header.number + 1) of this log"
            )
        }
        guard try last.isWhole(before: header.address) else {
            return add(.segmentCut, last.file.path, "the segment has no end, and others follow it")
        }
        let place = Int(header.address - last.address) - FrameWriter.endFrameSize
        guard let end = try frame(of: last, at: place), end.header.flags.contains(.end),
            end.checksum == header.chain
        else {
            return add(
                .frameDamaged,
                last.file.path,
                at: place,
                "the frame that ends the segment can't be read"
            )
        }
    }

    private func frame(of segment: Segment, at offset: Int) throws(EventLogError) -> FrameReader? {
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: segment.header.identity.id))
        guard offset >= segment.firstFrame, offset < scanner.size,
            case .frame(let frame) = try scanner.frame(at: offset)
        else { return nil }
        return frame
    }

    private mutating func lookAtNewest(_ segment: Segment) throws(EventLogError) {
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: segment.header.identity.id))
        var order = FrameOrder(before: segment.header)
        var offset = segment.firstFrame
        var fault: FrameFault?
        while fault == nil, offset < scanner.size {
            switch try scanner.frame(at: offset) {
            case .fault(let found): fault = found
            case .frame(let frame):
                do throws(FrameFault) {
                    try order.check(frame.header, at: segment.address + UInt64(offset))
                    order.advance(behind: frame.header, checksum: frame.checksum)
                    offset += frame.range.count
                } catch {
                    fault = error
                    add(.frameOutOfOrder, segment.file.path, at: offset, error.reason)
                }
            }
        }
        lastPosition = order.end.lastPosition
        lastTime = order.end.time == .min ? nil : order.end.time
        guard let fault, findings.last?.kind != .frameOutOfOrder else { return }
        if let finding = try scanner.judge(fault, in: segment, at: offset, holder: holder) {
            if finding.kind != .inUse { findings.append(finding) }
        }
        let end = try scanner.endOfData(from: offset)
        zerosAhead = scanner.size - end
    }
}
