/// The index files, each against its own checksums and against the segments that it covers.
extension LogVerifier {
    /// Opens all index files, and reads each one alone.
    mutating func openIndexes(_ names: [String], of segments: [String]) throws(EventLogError) {
        guard let identity = try identity(segments) else { return }
        for name in names {
            let path = logFolder + "/" + name
            do throws(EventLogError) {
                let part = try SealedPart(path, identity: identity, files: files)
                addToTotal(part.layout.size)
                try part.verify()
                bytesDone += part.layout.size
                tell()
                comparisons.append(IndexComparison(part))
            } catch .damaged(let file, let offset, let reason) {
                add(.indexDamaged, file, at: offset, reason)
            } catch {
                // Beside a host a file may have been merged into another since the names were read.
                guard report.holder != nil, !files.exists(path) else { throw error }
            }
        }
    }

    private func identity(_ segments: [String]) throws(EventLogError) -> LogIdentity? {
        for name in segments {
            do throws(EventLogError) {
                return try Segment.open(logFolder + "/" + name, .read, files).header.identity
            } catch .damaged {
                // Found again, and told, when the segment itself is read.
                continue
            }
        }
        return nil
    }

    /// Holds the index files that cover a segment against what its frames say.
    mutating func compareIndexes(with ended: IndexSealer.Ended) throws(EventLogError) {
        var kept: [IndexComparison] = []
        for var comparison in comparisons {
            let path = comparison.part.path
            guard comparison.covers(ended.header.number) else {
                kept.append(comparison)
                continue
            }
            if let difference = try comparison.compare(ended) {
                add(.indexMismatch, path, difference)
                continue
            }
            if comparison.isComplete { report.indexFiles += 1 }
            kept.append(comparison)
        }
        comparisons = kept
    }

    /// Lets go of a segment's index, as far as what comes behind it can be looked up elsewhere.
    mutating func settle(
        _ ended: IndexSealer.Ended,
        _ walked: inout LogReplay
    ) throws(EventLogError) {
        let good = comparisons.first { $0.covers(ended.header.number) && $0.compared != nil }
        if let good, let part = good.compared, walked.index.parts.contains(where: { $0.base == part.base }) {
            return walked.replacePart(with: part)
        }
        guard let scratch else { return }
        let identity = ended.header.identity
        var options = DiskLogOptions()
        options.fileSystem = files
        let indexes = IndexFolder(path: scratch, identity: identity, options: options)
        let part = try indexes.write(ended)
        // The name goes, and the file with it when the verification is over.
        try indexes.remove(part)
        walked.replacePart(with: part)
        while let due = indexes.partsToMerge(newestScratch(walked.index.parts)) {
            guard let merged = try indexes.merge(due) else { return }
            try indexes.remove(merged)
            walked.replacePart(with: merged)
        }
    }

    /// The parts at the end of a list that stand in the scratch folder: only neighbours are merged.
    private func newestScratch(_ parts: [any IndexPart]) -> [any IndexPart] {
        guard let scratch else { return [] }
        let newest = parts.reversed().prefix { ($0 as? SealedPart)?.path.hasPrefix(scratch + "/") ?? false }
        return newest.reversed()
    }

    /// Index files that cover what isn't there.
    mutating func findUncompared() {
        for comparison in comparisons where !comparison.isComplete {
            let stretch = comparison.part.header.stretch
            let newest = stretch.firstSegment + UInt64(stretch.segmentCount) - 1
            // Beside a host the newest segments may have ended since.
            if report.holder != nil, newest >= last?.header.number ?? 0 { continue }
            add(
                .indexMismatch,
                comparison.part.path,
                "it covers segments that aren't there, or haven't ended"
            )
        }
    }
}
