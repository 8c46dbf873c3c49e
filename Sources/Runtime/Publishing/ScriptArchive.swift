import EventLog

/// The script sets in a log: every set that was live, and the texts of its files.
///
/// Needs no host, so that a backup can be asked as well.
public struct ScriptArchive: Sendable {
    private let log: any EventLog

    /// The archive of a log.
    public init(log: any EventLog) {
        self.log = log
    }

    /// What went live, oldest first.
    ///
    /// - Throws: `RuntimeError.log`, `.invalidInput` for a record that can't be read.
    public func history() throws(RuntimeError) -> [PublishedScripts] {
        try reading {
            var all: [PublishedScripts] = []
            var request = ReadRequest(.stream(try ScriptRecord.liveStream()))
            while true {
                let page = try log.read(request)
                all += try page.events.map(ScriptRecord.published)
                guard !page.reachedEnd else { return all }
                request.after = page.scannedTo
            }
        }
    }

    /// What is live, or was at a position; nil before the first.
    public func live(at position: Position = .max) throws(RuntimeError) -> PublishedScripts? {
        try newest(through: position) { _ in true }
    }

    /// What went live last from a folder.
    func fromFolder() throws(RuntimeError) -> PublishedScripts? {
        try newest(through: .max) { $0.origin == .folder }
    }

    /// The record of the set with this hash, the newest; the first digits will do when no other set has them.
    ///
    /// - Throws: `RuntimeError.unknownScripts`.
    public func published(_ hash: String) throws(RuntimeError) -> PublishedScripts {
        let all = try history()
        let found = Dictionary(grouping: all.filter { $0.hash.hasPrefix(hash) }, by: \.hash)
        guard !hash.isEmpty, found.count == 1, let newest = found.values.first?.last else {
            throw .unknownScripts(hash, known: Array(Set(all.map(\.hash))).sorted())
        }
        return newest
    }

    /// The set with this hash, its texts read back.
    public func scripts(_ hash: String) throws(RuntimeError) -> ScriptSet {
        try scripts(of: published(hash))
    }

    /// The set of a record, its texts read back.
    public func scripts(of record: PublishedScripts) throws(RuntimeError) -> ScriptSet {
        var files: [String: [UInt8]] = [:]
        for (path, hash) in record.files { files[path] = try text(hash) }
        return try ScriptSet(name: record.app, files: files)
    }

    private func text(_ hash: String) throws(RuntimeError) -> [UInt8] {
        try reading {
            let page = try log.read(ReadRequest(.stream(try ScriptRecord.textStream(hash)), limit: 1))
            guard let event = page.events.first else {
                throw RuntimeError.invalidInput("the log has no script \(hash)")
            }
            return try ScriptRecord.text(of: event)
        }
    }

    /// Keeps the texts of a set that aren't in the log yet, before anything names them.
    ///
    /// A crash in between leaves texts that nothing names; they serve the next attempt.
    func store(_ scripts: ScriptSet) async throws {
        for (path, text) in scripts.files.sorted(by: { $0.key < $1.key }) {
            let hash = ScriptHash.of(text: text)
            let stream = try ScriptRecord.textStream(hash)
            if try log.revision(of: stream) == nil {
                let event = try ScriptRecord.stored(text, hash: hash)
                guard event.data.count <= LogLimits.eventBytesMax else {
                    throw RuntimeError.invalidApp(
                        "the script \(path) has more than \(LogLimits.eventBytesMax) bytes as JSON"
                    )
                }
                _ = try await log.commit(NewFrame(events: [event], conditions: [.stream(stream, .none)]))
            } else if try self.text(hash) != text {
                throw RuntimeError.invalidApp(
                    "the script \(path) has the hash of another text in the log: change a comment in it"
                )
            }
        }
    }

    private func newest(
        through position: Position,
        where isWanted: (PublishedScripts) -> Bool
    ) throws(RuntimeError) -> PublishedScripts? {
        try reading {
            var request = ReadRequest(
                .stream(try ScriptRecord.liveStream()),
                after: position == .max ? .max : position + 1,
                direction: .backwards,
                limit: 16
            )
            while true {
                let page = try log.read(request)
                for event in page.events {
                    let record = try ScriptRecord.published(event)
                    if isWanted(record) { return record }
                }
                guard !page.reachedEnd, let last = page.events.last else { return nil }
                request.after = last.position
            }
        }
    }

    private func reading<Result>(_ body: () throws -> Result) throws(RuntimeError) -> Result {
        do { return try body() } catch { throw RuntimeError(reading: error) }
    }
}
