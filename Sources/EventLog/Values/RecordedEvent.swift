/// A fact of the log: a view into the bytes of the frame that holds it.
///
/// Copying it copies no payload.
public struct RecordedEvent: Sendable {
    /// Place in the log.
    public let position: Position

    /// Place in its stream.
    public let revision: Revision

    /// When its frame was committed.
    public let time: LogTime

    /// The event's id, given or derived.
    public let id: EventID

    /// What happened; shared with every event of the same type.
    public let type: String

    @usableFromInline
    let frame: FrameBytes

    // Places in the frame's bytes. 32 bits each: a page of events is mostly these.
    @usableFromInline
    let streamBytes: Range<UInt32>
    private let tagBytes: Range<UInt32>
    @usableFromInline
    let metaBytes: Range<UInt32>
    @usableFromInline
    let dataBytes: Range<UInt32>

    /// What all events of a frame have from it.
    struct Source {
        let frame: FrameBytes
        let time: LogTime
        let log: EventID
    }

    /// A view of a decoded record.
    @inline(__always)
    init(_ record: FrameReader.EventRecord, at position: Position, type: String, from source: Source) {
        self.position = position
        self.revision = record.revision
        self.time = source.time
        self.id = record.id ?? .derived(from: source.log, position: position)
        self.type = type
        self.frame = source.frame
        streamBytes = Self.compact(record.stream)
        tagBytes = Self.compact(record.tags)
        metaBytes = Self.compact(record.meta)
        dataBytes = Self.compact(record.data)
    }

    @inline(__always)
    private static func compact(_ range: Range<Int>) -> Range<UInt32> {
        UInt32(range.lowerBound)..<UInt32(range.upperBound)
    }

    @inlinable
    static func widen(_ range: Range<UInt32>) -> Range<Int> {
        Int(range.lowerBound)..<Int(range.upperBound)
    }

    /// The stream it belongs to.
    public var stream: StreamName {
        StreamName(stored: String(decoding: frame.bytes[Self.widen(streamBytes)], as: UTF8.self))
    }

    /// The UTF-8 bytes of the stream name, borrowed for the call: what the hot path hashes and compares.
    @inlinable
    public func withStreamBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try frame.withBytes(in: Self.widen(streamBytes), body)
    }

    /// The JSON of the event, borrowed for the call.
    @inlinable
    public func withData<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try frame.withBytes(in: Self.widen(dataBytes), body)
    }

    /// The JSON of its meta, borrowed for the call.
    @inlinable
    public func withMeta<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try frame.withBytes(in: Self.widen(metaBytes), body)
    }

    /// The JSON of the event; empty means `null`.
    public var data: ArraySlice<UInt8> { frame.bytes[Self.widen(dataBytes)] }

    /// The JSON object of its meta; empty means `{}`.
    public var meta: ArraySlice<UInt8> { frame.bytes[Self.widen(metaBytes)] }

    /// Whether it has labels: a look that costs nothing.
    public var hasTags: Bool { !tagBytes.isEmpty }

    /// The labels on it.
    public var tags: [String] { frame.strings(in: Self.widen(tagBytes)) }
}
