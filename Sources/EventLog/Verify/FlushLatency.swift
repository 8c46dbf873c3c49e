/// How long a disk takes to make a small write durable: what every commit waits for.
public struct FlushLatency: Hashable, Sendable {
    /// Half of the flushes took at most so long, in microseconds.
    public let median: Double

    /// 99 of a hundred took at most so long, in microseconds.
    public let p99: Double

    /// Whether no disk can be that fast, one with a battery behind it aside: then it may answer before it has
    /// written, and forget when the power goes.
    public var isSuspicious: Bool { median < Self.plausibleMin }

    /// Microseconds: the fastest drives that keep what they were given need about 20.
    public static let plausibleMin = 20.0

    /// Says so, about the folder that was measured; nil for a disk that may be trusted.
    public func finding(_ folder: String) -> LogFinding? {
        guard isSuspicious else { return nil }
        let detail = "half of the flushes took less than \(Int(median) + 1) µs: too little for most disks"
        return LogFinding(.flushSuspicious, folder, detail)
    }

    private static let writeSize = 512

    /// Writes and flushes a temporary file in a folder, over room that it has, as a commit does.
    ///
    /// - Throws: `EventLogError.file` or `.diskFull` when the folder can't be written to.
    public static func measure(in folder: String, writes: Int = 200) throws(EventLogError) -> FlushLatency {
        try measure(in: folder, writes: writes, files: POSIXFileSystem())
    }

    /// The same on any file system.
    package static func measure(
        in folder: String,
        writes: Int,
        files: any FileSystem
    ) throws(EventLogError) -> FlushLatency {
        let path = folder + "/.flush-probe"
        let file = try files.open(path, .create)
        do throws(EventLogError) {
            let latency = try measure(file, writes)
            try files.remove(path)
            return latency
        } catch {
            // The first failure is the one to tell; the file is emptied and removed by the next measurement.
            try? files.remove(path)
            throw error
        }
    }

    private static func measure(_ file: any File, _ writes: Int) throws(EventLogError) -> FlushLatency {
        try file.writeZeros(0..<writes * writeSize)
        try file.flush()
        let bytes = [UInt8](repeating: 0xA5, count: writeSize)
        let clock = ContinuousClock()
        var taken: [Double] = []
        for number in 0..<writes {
            let start = clock.now
            try file.write(bytes[...], at: number * writeSize)
            try file.flush()
            taken.append((clock.now - start) / .microseconds(1))
        }
        taken.sort()
        let last = taken.count - 1
        return FlushLatency(
            median: taken.isEmpty ? 0 : taken[last / 2],
            p99: taken.isEmpty ? 0 : taken[last * 99 / 100]
        )
    }
}
