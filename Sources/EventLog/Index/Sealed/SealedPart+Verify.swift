/// The check of a whole index file, beyond what every look-up checks on its way.
extension SealedPart {
    /// Reads all of the file: checksums, order and hashes of the keys, filter, postings, frames, marks.
    ///
    /// - Throws: `EventLogError.damaged` for the first thing that isn't as a writer makes it.
    func verify() throws(EventLogError) {
        try bytes.check(0..<layout.checksums.lowerBound)
        try verifyKeys(seed: seed)
        try verifyFrames()
        _ = try marks()
    }

    private func verifyKeys(seed: UInt64) throws(EventLogError) {
        var before: (hash: UInt64, name: UnsafeRawBufferPointer)?
        for number in 0..<keyCount {
            let key = try key(number)
            let place = layout.keys.lowerBound + number * IndexFileLayout.keySize
            let stored = try kindAndName(of: key)
            if let before {
                guard before.hash < key.hash || before.hash == key.hash && before.name.isBefore(stored) else {
                    throw bytes.damage(at: place, "key \(number) isn't behind the one before")
                }
            }
            before = (key.hash, stored)
            let name = UnsafeRawBufferPointer(rebasing: stored[1...])
            guard let kind = KeyKind(rawValue: stored[0]), name.count <= LogLimits.nameBytesMax,
                String(validating: name, as: UTF8.self) != nil
            else {
                throw bytes.damage(at: key.kindAndName.lowerBound, "key \(number) has no name that can be")
            }
            guard IndexKey(kind, name, seed: seed).hash == key.hash, try mayHold(key.hash) else {
                throw bytes.damage(at: place, "key \(number) isn't where a look-up finds it")
            }
            try verifyPostings(of: key, kind)
        }
        let end = try keyEnd()
        guard end.names == layout.names.count, end.postings == Int(header.totals.postings) else {
            throw bytes.damage(at: layout.keys.upperBound, "the keys don't use all names and postings")
        }
    }

    /// Where the last key's name and postings end.
    private func keyEnd() throws(EventLogError) -> (names: Int, postings: Int) {
        let place = layout.keys.upperBound - IndexFileLayout.keySize
        let names = try bytes.load(place + 16, as: UInt32.self)
        return (Int(names), Int(try bytes.load(place + 20, as: UInt32.self)))
    }

    private func verifyPostings(of key: SealedKey, _ kind: KeyKind) throws(EventLogError) {
        let postings = try postings(of: key)
        let isOneFrame = kind == .idempotency
        let end = isOneFrame ? header.totals.frames : header.totals.events
        var ascends = !isOneFrame || postings.count == 1
        for index in postings.indices {
            ascends = ascends && postings[index] < end
            ascends = ascends && (index == 0 || postings[index - 1] < postings[index])
        }
        guard ascends else {
            let place = layout.postings.lowerBound + key.postings.lowerBound * MemoryLayout<UInt32>.size
            throw bytes.damage(at: place, "the postings of a key aren't ascending places in the stretch")
        }
    }

    private func verifyFrames() throws(EventLogError) {
        var before = FrameRef(address: header.stretch.startAddress, firstPosition: base + 1, length: 0)
        for number in 0..<frameCount {
            let frame = try frame(number)
            let begins = number > 0 || frame.firstPosition == base + 1
            guard begins, frame.address >= before.end, frame.firstPosition >= before.firstPosition,
                frame.firstPosition <= base + 1 + Position(eventCount)
            else {
                let place = layout.frames.lowerBound + number * IndexFileLayout.frameSize
                throw bytes.damage(at: place, "frame \(number) doesn't follow from the one before")
            }
            before = frame
        }
        guard eventCount == 0 || frameCount > 0 else {
            throw bytes.damage(at: layout.frames.lowerBound, "it has events and no frame")
        }
    }
}
