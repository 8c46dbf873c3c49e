/// Something that was found in a data folder.
public struct LogFinding: Hashable, Sendable {
    /// What it is; the names are stable, for programs.
    public enum Kind: String, Sendable, CaseIterable {
        /// A segment's header can't be read.
        case headerDamaged = "header-damaged"
        /// A segment isn't the next one.
        case segmentOutOfOrder = "segment-out-of-order"
        /// A segment that was there is gone.
        case segmentMissing = "segment-missing"
        /// A segment that others follow has lost its end.
        case segmentCut = "segment-cut"
        /// Bytes that were once acknowledged are no frame.
        case frameDamaged = "frame-damaged"
        /// A frame is whole, and can't be the next one.
        case frameOutOfOrder = "frame-out-of-order"
        /// The list of segments can't be read.
        case manifestDamaged = "manifest-damaged"
        /// The list of segments says something else than the segments.
        case manifestMismatch = "manifest-mismatch"
        /// An index file isn't as it was written.
        case indexDamaged = "index-damaged"
        /// An index file says something else than the segments.
        case indexMismatch = "index-mismatch"
        /// A restore into the folder was broken off.
        case restoreUnfinished = "restore-unfinished"
        /// A write that a crash cut short, and that nobody was told was done.
        case tornTail = "torn-tail"
        /// A file that a crash kept from being made.
        case unfinishedFile = "unfinished-file"
        /// A process has the folder, so the newest bytes can't be judged.
        case inUse = "in-use"
        /// Bytes behind the frame that ends a segment.
        case bytesBehindEnd = "bytes-behind-end"
        /// The disk answers a flush sooner than a disk can.
        case flushSuspicious = "flush-suspicious"
        /// There is little room left.
        case diskNearlyFull = "disk-nearly-full"

        /// Whether it is damage to segments, which everything else is derived from.
        var isOfSegments: Bool {
            switch self {
            case .headerDamaged, .segmentOutOfOrder, .segmentMissing, .segmentCut, .frameDamaged,
                .frameOutOfOrder:
                true
            default: false
            }
        }

        /// Whether something that was durable isn't as it was; everything else is good to know.
        var isDamage: Bool {
            switch self {
            case .tornTail, .unfinishedFile, .inUse, .bytesBehindEnd, .flushSuspicious, .diskNearlyFull: false
            default: true
            }
        }
    }

    /// What it is.
    public let kind: Kind

    /// The file.
    public let file: String

    /// Where in the file; nil when it is about all of it.
    public let offset: Int?

    /// What is wrong, in a sentence without its end.
    public let detail: String

    init(_ kind: Kind, _ file: String, at offset: Int? = nil, _ detail: String) {
        self.kind = kind
        self.file = file
        self.offset = offset
        self.detail = detail
    }

    /// Stable, kebab-case.
    public var code: String { kind.rawValue }

    /// Whether something that was durable isn't as it was; everything else is good to know.
    public var isDamage: Bool { kind.isDamage }

    /// What to do about it.
    public var hint: String {
        switch kind {
        case .headerDamaged, .segmentOutOfOrder, .segmentMissing, .segmentCut, .frameDamaged,
            .frameOutOfOrder:
            "restore a backup into a new folder; without one, restore from here what is before this place"
        case .manifestDamaged, .manifestMismatch:
            "compare with a backup whether a segment is missing; if none is, the host writes it anew"
        case .indexDamaged, .indexMismatch:
            "stop the host, remove the file and start again; it is built again from the segments"
        case .restoreUnfinished: "run the same restore again; it begins anew"
        case .tornTail: "nothing: the host wipes it when it starts"
        case .unfinishedFile: "nothing: the host removes it when it starts"
        case .inUse: "stop that process, or verify a backup, to have all of it judged"
        case .bytesBehindEnd: "nothing: they are never read"
        case .flushSuspicious: "make sure that the disk keeps what it has flushed when the power goes"
        case .diskNearlyFull: "make room: without it appends are refused, and reads go on"
        }
    }
}

extension LogFinding: CustomStringConvertible {
    /// One line for a person, without the hint.
    public var description: String {
        "\(code): \(file)" + (offset.map { " at byte \($0)" } ?? "") + ": \(detail)"
    }
}
