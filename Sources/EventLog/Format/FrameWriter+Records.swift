/// How each kind of record is laid out, and how long it can get. `FrameReader` is the mirror of this file.
extension FrameWriter {
    /// Varints of numbers that may be anything take at most ten bytes.
    private static let varintSizeMax = 10

    /// An upper bound for the encoded length of a frame, its own symbols left out.
    static func sizeBound(of frame: NewFrame) -> Int {
        var size = FrameHeader.size + FrameHeader.alignment
        if let key = frame.idempotencyKey { size += 1 + key.utf8.count }
        for place in frame.events.indices {
            // kind, length, type, revision, flags, three lengths, id
            size += 1 + 3 * varintSizeMax + 1 + 2 + varintSizeMax + 16
            size += frame.events[place].stream.text.utf8.count
            size += frame.events[place].meta.count + frame.events[place].data.count
            for tag in frame.events[place].tags { size += 1 + tag.utf8.count }
        }
        return size + frame.marks.count * (1 + 5 * varintSizeMax)
    }

    /// An upper bound for the encoded symbols of a frame, if every name in it is new to the log.
    static func symbolBound(of frame: NewFrame) -> Int {
        let record = 1 + 2 * varintSizeMax
        let types = frame.events.indices.reduce(0) { $0 + record + frame.events[$1].type.utf8.count }
        return frame.marks.reduce(types) { $0 + record + $1.processor.utf8.count }
    }

    static func sizeBound(of symbols: [(number: UInt32, name: String)]) -> Int {
        symbols.reduce(0) { $0 + 1 + 2 * varintSizeMax + $1.name.utf8.count }
    }

    static func put(_ event: NewEvent, type: UInt32, revision: Revision, to body: inout ByteWriter) {
        var flags: EventFlags = []
        if event.id != nil { flags.insert(.id) }
        if !event.tags.isEmpty { flags.insert(.tags) }
        var length = ByteWriter.varintSize(UInt64(type)) + ByteWriter.varintSize(revision) + 1
        length += 1 + event.stream.text.utf8.count
        if event.id != nil { length += 16 }
        if !event.tags.isEmpty { length += event.tags.reduce(1) { $0 + 1 + $1.utf8.count } }
        length += ByteWriter.varintSize(UInt64(event.meta.count)) + event.meta.count + event.data.count

        body.put(RecordKind.event.rawValue)
        body.putVarint(UInt64(length))
        body.putVarint(UInt64(type))
        body.putVarint(revision)
        body.put(flags.rawValue)
        body.putName(event.stream.text)
        if let id = event.id { body.put(id) }
        if !event.tags.isEmpty {
            body.put(UInt8(event.tags.count))
            for tag in event.tags { body.putName(tag) }
        }
        body.putVarint(UInt64(event.meta.count))
        body.put(event.meta)
        body.put(event.data)
    }

    static func put(_ mark: MarkMove, processor: UInt32, to body: inout ByteWriter) {
        let fields = [UInt64(processor), UInt64(mark.lane), mark.from, mark.to]
        body.put(RecordKind.mark.rawValue)
        body.putVarint(UInt64(fields.reduce(0) { $0 + ByteWriter.varintSize($1) }))
        for field in fields { body.putVarint(field) }
    }

    static func putSymbol(_ number: UInt32, _ name: String, to body: inout ByteWriter) {
        let length = ByteWriter.varintSize(UInt64(number)) + name.utf8.count
        body.put(RecordKind.symbol.rawValue)
        body.putVarint(UInt64(length))
        body.putVarint(UInt64(number))
        name.withUTF8Bytes { body.put($0) }
    }
}
