/// The marks section of an index file: how far every lane of every processor was at the end of the stretch.
///
/// Sorted by processor and lane, so that the same marks are the same bytes. Called by `IndexFile`, by
/// `IndexMerger`, which hands the newest on, and by `SealedPart`.
enum IndexMarks {
    /// The bytes of some marks.
    static func encoded(_ marks: NamedMarks) -> [UInt8] {
        let names = marks.keys.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
        let fixed = 1 + MemoryLayout<UInt32>.size + MemoryLayout<Position>.size
        let size = names.reduce(0) { $0 + (fixed + $1.text.utf8.count) * (marks[$1]?.count ?? 0) }
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            guard size > 0 else { return }
            var writer = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
            for name in names {
                for (lane, position) in (marks[name] ?? [:]).sorted(by: { $0.key < $1.key }) {
                    writer.putName(name.text)
                    writer.put(UInt32(lane))
                    writer.put(position)
                }
            }
            filled = writer.count
        }
    }

    /// The marks in some bytes.
    static func decoded(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) -> NamedMarks {
        var marks: NamedMarks = [:]
        var reader = ByteReader(bytes)
        var before: (name: UnsafeRawBufferPointer, lane: UInt32)?
        while reader.remaining > 0 {
            let range = try reader.takeName("a processor name")
            let lane = try reader.take(UInt32.self, "a lane")
            let position = try reader.take(UInt64.self, "a mark")
            let name = reader.slice(range)
            if let before {
                guard before.name.isBefore(name) || before.name.isSame(as: name) && before.lane < lane else {
                    throw FrameFault("the marks aren't in order")
                }
            }
            before = (name, lane)
            marks[ProcessorName(reader.text(in: range)), default: [:]][Int(lane)] = position
        }
        return marks
    }
}
