/// A system that takes events from a stream, runs a small function on each, and appends what that makes.
protocol PipelinePeer {
    /// In the names of the numbers: `peer-<name>-pipeline`.
    var name: String { get }

    /// What makes the comparison unlike.
    var remarks: String { get }

    /// Fills a stream in a folder of its own, then works it off for so many seconds.
    func run(in folder: String, seconds: Int, leftovers: Leftovers) async throws -> PipelineReport
}

/// What a peer got done.
struct PipelineReport: Codable {
    /// Events whose result and progress are on the disk.
    let events: Int

    /// Filling and starting aside.
    let seconds: Double

    var rate: Double { Double(events) / seconds }
}
