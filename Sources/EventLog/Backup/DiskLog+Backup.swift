import Logging

/// What of a disk log can be copied while it goes on.
extension DiskLog {
    /// What is durable at this moment.
    ///
    /// Ended segments are whole; of the newest one it is what was flushed and shown, to the end of its newest
    /// frame. Whatever is written behind that meanwhile isn't part of it.
    public func backup() throws(EventLogError) -> LogBackup {
        try checkOpen()
        return try shared.sealer.repairing { () throws(EventLogError) in
            // The index first: a segment that begins between the two looks is listed, with nothing in it.
            let end = try durableEnd()
            let segments = shared.files.all
            guard let newest = segments.last else { throw .closed }
            var listed: [BackupSegment] = []
            for (segment, next) in zip(segments, segments.dropFirst()) {
                let length = Int(next.address - segment.address)
                listed.append(BackupSegment(segment.header, bytes: length, isEnded: true))
            }
            let isEmpty = end.address <= newest.address + UInt64(newest.firstFrame)
            let used = isEmpty ? newest.firstFrame : Int(end.address - newest.address)
            listed.append(BackupSegment(newest.header, bytes: used, isEnded: false))
            return LogBackup(
                BackupListing(
                    log: identity.id,
                    lastPosition: isEmpty ? newest.header.firstPosition - 1 : end.position,
                    chain: isEmpty ? newest.header.chain : end.chain,
                    segments: listed
                ),
                files: segments
            )
        }
    }

    private struct DurableEnd {
        var address: UInt64 = 0
        var position: Position = 0
        var chain: UInt32 = 0
    }

    /// The end of the newest frame that readers may see.
    private func durableEnd() throws(EventLogError) -> DurableEnd {
        let (newest, parts) = shared.index.withIndex { index -> (FrameRef?, [any IndexPart]) in
            let visible = index.visibleFrames
            return (visible > 0 ? index.active.frame(visible - 1) : nil, index.parts)
        }
        var last = newest
        if last == nil, let part = parts.last(where: { $0.frameCount > 0 }) {
            last = try part.frame(part.frameCount - 1)
        }
        guard let last else { return DurableEnd() }
        let end = try shared.reader.end(behind: last)
        return DurableEnd(address: last.end, position: end.lastPosition, chain: end.chain)
    }

    /// Opens the log in a folder that has one; makes none.
    ///
    /// - Throws: `EventLogError.noLog` when there is none, and what `open` throws.
    public static func openExisting(
        folder: String,
        options: DiskLogOptions = DiskLogOptions(),
        logger: Logger
    ) async throws(EventLogError) -> DiskLog {
        _ = try LogFolderFiles.segmentNames(in: folder, options.fileSystem)
        return try await open(folder: folder, options: options, logger: logger)
    }
}

extension LogFolderFiles {
    /// The names of the segments in a data folder, in order.
    ///
    /// - Throws: `EventLogError.noLog` when there is none.
    static func segmentNames(
        in folder: String,
        _ files: any FileSystem
    ) throws(EventLogError) -> [String] {
        guard files.exists(folder + "/" + segmentFolder) else { throw .noLog(folder: folder) }
        let names = try files.names(in: folder + "/" + segmentFolder)
            .filter { Segment.firstPosition(inFileName: $0) != nil }
        guard !names.isEmpty else { throw .noLog(folder: folder) }
        return names
    }
}
