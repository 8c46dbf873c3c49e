import CChecksum

/// CRC32C, the checksum of everything that the log writes.
package enum Checksum {
    /// Extends a checksum over more bytes; begin with 0.
    package static func extend(_ checksum: UInt32 = 0, over bytes: UnsafeRawBufferPointer) -> UInt32 {
        cchecksum_crc32c(checksum, bytes.baseAddress, bytes.count)
    }

    /// The same without the processor's instruction: what the fast way is tested against.
    static func portable(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        cchecksum_crc32c_portable(0, bytes.baseAddress, bytes.count)
    }

    /// What the checksum of every frame header of one log begins with.
    ///
    /// Seeding it with the log's id makes a frame of another log (an old file under a new name, or a copy of
    /// a frame inside an event's data) fail its check here.
    static func seed(of log: EventID) -> UInt32 {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
            var writer = ByteWriter(bytes)
            writer.put(log)
            return extend(over: UnsafeRawBufferPointer(bytes))
        }
    }
}
