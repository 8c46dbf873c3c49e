extension RecordedEvent {
    /// An event that was read elsewhere: over a network, or from what somebody tries out.
    ///
    /// It holds a copy of its bytes, as an event of a frame of its own would.
    public init(
        position: Position,
        revision: Revision,
        time: LogTime,
        id: EventID,
        type: String,
        stream: StreamName,
        tags: [String] = [],
        data: some Collection<UInt8>,
        meta: some Collection<UInt8>
    ) {
        var bytes: [UInt8] = []
        func append(_ part: some Collection<UInt8>) -> Range<Int> {
            let start = bytes.count
            bytes += part
            return start..<bytes.count
        }
        let streamBytes = append(stream.text.utf8)
        // A name has at most 255 bytes (`LogLimits.nameBytesMax`); a longer one can't have come from a log.
        let tagBytes = append(tags.flatMap { [UInt8(min($0.utf8.count, 255))] + Array($0.utf8.prefix(255)) })
        let metaBytes = append(meta)
        let record = FrameReader.EventRecord(
            type: 0,
            revision: revision,
            id: id,
            stream: streamBytes,
            tags: tagBytes,
            meta: metaBytes,
            data: append(data)
        )
        let source = Source(frame: FrameBytes(bytes), time: time, log: id)
        self.init(record, at: position, type: type, from: source)
    }
}
