/// Reads the frames of one segment file in order, through a window of a few MiB that moves along.
struct SegmentScanner {
    private let file: any File
    private let seed: UInt32
    /// The length of the file.
    let size: Int

    private var window: [UInt8] = []
    private var windowStart = 0
    private static let windowSize = 4 << 20

    /// Is told how far the file was read.
    var onLoad: ((_ offset: Int) -> Void)?

    init(_ file: any File, seed: UInt32) throws(EventLogError) {
        self.file = file
        self.seed = seed
        size = try file.size()
    }

    /// Some bytes of the file as the window that holds them, and where they begin in it; fewer at its end.
    private mutating func load(_ count: Int, at offset: Int) throws(EventLogError) {
        let wanted = min(count, size - offset)
        if offset >= windowStart, offset + wanted <= windowStart + window.count { return }
        window = try file.read(max(wanted, min(Self.windowSize, size - offset)), at: offset)
        windowStart = offset
        onLoad?(offset)
    }

    /// What stands at an offset.
    enum Found {
        case frame(FrameReader)
        case fault(FrameFault)
    }

    /// Reads and verifies the frame at an offset, and hands its bytes to `visit`.
    mutating func frame(
        at offset: Int,
        _ visit: (FrameReader, UnsafeRawBufferPointer) -> Void = { _, _ in }
    ) throws(EventLogError) -> Found {
        try load(FrameHeader.size, at: offset)
        let length: Int
        do throws(FrameFault) {
            let (header, _) = try window.withRawBytes { bytes throws(FrameFault) in
                try FrameHeader.read(bytes, at: offset - windowStart, seed: seed)
            }
            length = Int(header.length)
        } catch {
            return .fault(error)
        }
        guard length <= size - offset else { return .fault(FrameFault("a frame is cut off")) }
        try load(length, at: offset)
        let start = offset - windowStart
        do throws(FrameFault) {
            return try window.withRawBytes { bytes throws(FrameFault) in
                let reader = try FrameReader(bytes, at: start, seed: seed)
                try reader.verify(bytes)
                visit(reader, bytes)
                return .frame(reader)
            }
        } catch {
            return .fault(error)
        }
    }

    /// The end of the last byte at or behind an offset that isn't zero; the offset itself when all are.
    mutating func endOfData(from offset: Int) throws(EventLogError) -> Int {
        var end = offset
        var next = offset
        while next < size {
            try load(Self.windowSize, at: next)
            let part = window[(next - windowStart)...]
            if let last = part.lastIndex(where: { $0 != 0 }) { end = windowStart + last + 1 }
            next = windowStart + window.count
            if part.isEmpty { break }
        }
        return end
    }

    /// The offset of a whole and valid frame, at or behind an offset, whose group began behind `address`: the
    /// proof that everything up to there had been flushed.
    mutating func frameOfLaterGroup(from offset: Int, than address: UInt64) throws(EventLogError) -> Int? {
        let alignment = FrameHeader.alignment
        var next = (offset + alignment - 1) / alignment * alignment
        while next + FrameHeader.size <= size {
            try load(FrameHeader.size, at: next)
            guard let candidate = magic(from: next) else {
                // No magic in what is left of the window: go on at its last aligned places.
                next = max(next + alignment, windowStart + window.count - FrameHeader.size)
                next = (next + alignment - 1) / alignment * alignment
                continue
            }
            if case .frame(let reader) = try frame(at: candidate), reader.header.group > address {
                return candidate
            }
            next = candidate + alignment
        }
        return nil
    }

    private func magic(from offset: Int) -> Int? {
        window.withRawBytes { bytes in
            var place = offset - windowStart
            while place + FrameHeader.size <= bytes.count {
                let word = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
                if word == FrameHeader.magic { return windowStart + place }
                place += FrameHeader.alignment
            }
            return nil
        }
    }
}
