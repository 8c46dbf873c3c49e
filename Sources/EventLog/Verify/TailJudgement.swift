/// What bytes that are no frame mean at the end of the newest segment: the rule of `Recovery`, for those who
/// only look.
extension SegmentScanner {
    /// Judges what stands behind the last whole frame of the newest segment; nil when it is zeros alone.
    ///
    /// With a holder of the folder it may be a write that is under way.
    mutating func judge(
        _ fault: FrameFault,
        in segment: Segment,
        at offset: Int,
        holder: String?
    ) throws(EventLogError) -> LogFinding? {
        let path = segment.file.path
        if let holder {
            return LogFinding(
                .inUse,
                path,
                at: offset,
                "\(holder) has the folder; what is behind isn't judged"
            )
        }
        if let later = try frameOfLaterGroup(from: offset, than: segment.address + UInt64(offset)) {
            let detail = "\(fault.reason), and a later frame stands whole at byte \(later)"
            return LogFinding(.frameDamaged, path, at: offset, detail)
        }
        let end = try endOfData(from: offset)
        guard end > offset else { return nil }
        let detail = "\(end - offset) bytes of a write that was cut short (\(fault.reason))"
        return LogFinding(.tornTail, path, at: offset, detail)
    }
}
