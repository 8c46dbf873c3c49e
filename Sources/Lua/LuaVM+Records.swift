import CLua

extension LuaVM {
    /// Bytes recorded and not yet taken.
    public var recordedBytes: Int {
        var count = 0
        _ = clua_records(vm, &count)
        return count
    }

    /// Hands over what was recorded from a mark on (all, by default), and forgets it.
    public func takeRecords(from mark: Int = 0) -> LuaRecords {
        var count = 0
        let bytes = UnsafeBufferPointer(start: clua_records(vm, &count), count: count)
        let taken = LuaRecords(Array(bytes.dropFirst(mark)))
        clua_records_truncate(vm, min(mark, count))
        return taken
    }

    /// Where the next record will begin.
    public func recordMark() -> Int {
        recordedBytes
    }

    /// Forgets what was recorded behind a mark.
    ///
    /// A call that throws has done so already.
    public func rollbackRecords(to mark: Int) {
        clua_records_truncate(vm, mark)
    }
}
