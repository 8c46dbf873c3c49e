import EventLog
import Foundation

/// Reads of a large log whose files are in the page cache.
struct ReadBench {
    let plan: Rounds.Plan
    let log: DiskLog
    let folder: BenchFolder

    /// How many events the log has, for the notes.
    let size: String

    /// Events that a round of `read-all` reads; a part of the log, so that rounds can take turns.
    private static let eventsOfRound: Position = 1_000_000

    /// Bytes that stand for the log's where the processor's own limit is measured: more than any cache.
    private static let limitBytes = 64 << 20

    /// Reads of a stream in a turn, if that is long enough, and of as many places in the file.
    private static let readsMax = 20_000

    /// Bytes of an event of the suites in the log, for the places that are read beside it.
    private static let eventBytes = 300

    /// Pages of all events, against the CRC32C that a reader can't leave out.
    func all() async throws -> BenchResult {
        let bytes = try SegmentBytes.total(in: folder.path + "/data/log")
        let bytesPerEvent = Double(bytes) / Double(log.lastPosition)
        let source = (0..<Self.limitBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var copy = [UInt8](repeating: 0, count: Self.limitBytes)
        var rounds = Rounds()
        var copies: [Double] = []
        _ = try readRound()
        for _ in 0..<plan.count {
            let checked = seconds { _ = source.withUnsafeBytes { Checksum.extend(over: $0) } }
            let copied = seconds {
                source.withUnsafeBytes { from in copy.withUnsafeMutableBytes { $0.copyMemory(from: from) } }
            }
            copies.append(Double(Self.limitBytes) / bytesPerEvent / copied)
            rounds.add(try readRound(), baseline: Double(Self.limitBytes) / bytesPerEvent / checked)
        }
        let memcpy = Int(Rounds.median(copies) / 1e5)
        return BenchResult(
            name: "read-all",
            value: rounds.median,
            unit: "events/s",
            baseline: "CRC32C of the same bytes",
            baselineValue: rounds.baselineMedian,
            note: "pages of 10,000, one reader, cached, \(Int(bytesPerEvent)) bytes an event; memcpy of the "
                + "same bytes \(memcpy / 10).\(memcpy % 10) M events/s; the first million of the log "
                + "(\(size)); \(rounds.spread)",
            target: .value(atLeast: 8_000_000)
        )
    }

    private func readRound() throws -> Double {
        var events = 0
        var bytes = 0
        let taken = try seconds {
            try LogPages(log).readAll(upTo: Self.eventsOfRound) { batch in
                events += batch.events.count
                // Touches every event, as any reader would.
                for event in batch.events { bytes += event.withData { $0.count } }
            }
        }
        guard events > 0, bytes > 0 else { throw BenchError("the log could not be read") }
        return Double(events) / taken
    }

    /// Whole streams of twenty events that lie all over the log, against as many reads of as many bytes.
    func twenty(_ name: String, _ kind: LargeLogEvents.Kind) async throws -> BenchResult {
        let frame = kind == .single ? "a frame of its own" : "a frame of 1,000 events"
        let segment = try SegmentBytes.fullest(in: folder.path + "/data/log")
        let descriptor = open(segment.path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var rounds = Rounds()
        _ = try median { try readStream(kind) }
        for _ in 0..<plan.count {
            let places = try median { try readPlaces(of: descriptor, segment.used) }
            rounds.add(try median { try readStream(kind) }, baseline: places)
        }
        return BenchResult(
            name: name,
            value: rounds.median,
            unit: "µs",
            baseline: "20 preads of \(Self.eventBytes) bytes at random cached places",
            baselineValue: rounds.baselineMedian,
            note: "lower is better; p50 of the reads of a turn, over \(LargeLogEvents.twenties) streams that "
                + "lie all over the log (\(size)), hot, each event in \(frame); \(rounds.spread)",
            target: kind == .single ? .value(atMost: 30) : nil
        )
    }

    private func readStream(_ kind: LargeLogEvents.Kind) throws {
        let stream = try LargeLogEvents.twenty(.random(in: 0..<LargeLogEvents.twenties), kind)
        let batch = try log.read(ReadRequest(.stream(stream), limit: LargeLogEvents.perTwenty))
        guard batch.events.count == LargeLogEvents.perTwenty else {
            throw BenchError("\(stream) has \(batch.events.count) events, not \(LargeLogEvents.perTwenty)")
        }
    }

    private func readPlaces(of descriptor: Int32, _ size: Int) throws {
        try withUnsafeTemporaryAllocation(byteCount: Self.eventBytes, alignment: 16) { buffer in
            for _ in 0..<LargeLogEvents.perTwenty {
                let place = off_t.random(in: 0..<off_t(max(1, size - buffer.count)))
                guard pread(descriptor, buffer.baseAddress, buffer.count, place) == buffer.count else {
                    throw BenchError("a segment can't be read: \(String(cString: strerror(errno)))")
                }
            }
        }
    }

    /// The median of a turn's readings, in microseconds.
    private func median(_ work: () throws -> Void) throws -> Double {
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: plan.turn)
        var taken: [Double] = []
        while taken.count < Self.readsMax, clock.now < end { taken.append(try seconds(work) * 1e6) }
        return Rounds.median(taken)
    }

    private func seconds(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try work()
        return Rounds.seconds(start.duration(to: clock.now))
    }
}
