/// What the disk flushes while something else is measured: one small write after the other.
struct DiskPace {
    private let raw: RawFile

    /// How long it is asked.
    private static let turn = Duration.milliseconds(100)

    /// Bytes of a flush, about those of one event with what a log keeps of it.
    private static let bytes = [UInt8](repeating: 1, count: 300)

    init(in folder: BenchFolder) throws {
        raw = try RawFile(path: folder.path + "/raw")
    }

    /// Flushes a second.
    func flushes() async throws -> Double {
        try await Rounds.rate(for: Self.turn) {
            try raw.append(Self.bytes)
            return 1
        }
    }
}
