/// What one connection says to a server: always one request, then its answer.
protocol Conversation: AnyObject {
    /// Writes the next request behind the bytes.
    func request(into bytes: inout [UInt8])

    /// Bytes of the answer, when it is whole; nil while more has to come.
    ///
    /// - Throws: `BenchError` when the server refused.
    func answer(in bytes: UnsafeRawBufferPointer) throws -> Int?
}

/// The streams of one client, which has them to itself and so knows how they stand.
struct OwnedStreams {
    private let prefix: String
    private var revisions = [Int](repeating: 0, count: AppendCase.streamsPerClient)
    private var positions = [UInt64](repeating: 0, count: AppendCase.streamsPerClient)
    private var current = 0

    init(_ work: AppendCase, client: Int) {
        prefix = "in-\(work.number).\(client)."
    }

    /// The stream of the request that is under way.
    var name: String { prefix + String(current) }

    /// How many events it has.
    var count: Int { revisions[current] }

    /// Position of its newest event; 0 while it has none.
    var position: UInt64 { positions[current] }

    /// Takes note of an append, and goes to the next stream.
    mutating func appended(_ events: Int, position: UInt64 = 0) {
        revisions[current] += events
        positions[current] = position
        current = (current + 1) % revisions.count
    }
}
