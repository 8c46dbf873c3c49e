/// A key of an index file, by its number: an entry of the keys section.
struct SealedKey {
    let hash: UInt64
    let firstRevision: Revision
    /// Where in the file its kind and name stand.
    let kindAndName: Range<Int>
    /// The numbers of its postings among all.
    let postings: Range<Int>
}

extension SealedPart {
    /// A key, from 0; its name and postings lie in the file.
    @inline(__always)
    func key(_ number: Int) throws(EventLogError) -> SealedKey {
        let place = layout.keys.lowerBound + number * IndexFileLayout.keySize
        // Lengths are differences, and behind the last key stands one more entry.
        let next = place + IndexFileLayout.keySize
        let nameStart = Int(try bytes.load(place + 16, as: UInt32.self))
        let nameEnd = Int(try bytes.load(next + 16, as: UInt32.self))
        let firstPosting = Int(try bytes.load(place + 20, as: UInt32.self))
        let endOfPostings = Int(try bytes.load(next + 20, as: UInt32.self))
        guard nameStart < nameEnd, nameEnd <= layout.names.count,
            firstPosting <= endOfPostings, endOfPostings <= Int(header.totals.postings)
        else {
            throw bytes.damage(at: place, "key \(number) has no name, or one behind the end")
        }
        return SealedKey(
            hash: try bytes.load(place, as: UInt64.self),
            firstRevision: try bytes.load(place + 8, as: UInt64.self),
            kindAndName: layout.names.lowerBound + nameStart..<layout.names.lowerBound + nameEnd,
            postings: firstPosting..<endOfPostings
        )
    }

    /// The kind and name of a key, one behind the other; at least the kind.
    @inline(__always)
    func kindAndName(of key: SealedKey) throws(EventLogError) -> UnsafeRawBufferPointer {
        try bytes.slice(key.kindAndName)
    }

    /// The postings of a key, as they stand in the file.
    @inline(__always)
    func postings(of key: SealedKey) throws(EventLogError) -> UnsafeBufferPointer<UInt32> {
        let size = MemoryLayout<UInt32>.size
        let start = layout.postings.lowerBound + key.postings.lowerBound * size
        let stored = try bytes.slice(start..<start + key.postings.count * size)
        return stored.assumingMemoryBound(to: UInt32.self)
    }
}
