/// What a read will load: decided from the index, carried out without it.
struct ReadPlan: Sendable {
    /// The frames to load, ascending, each once.
    var frames: [FrameRef]
    /// The positions of the events wanted, ascending; each is in one of the frames.
    var positions: [Position]
    /// The names of all symbols that the frames can use.
    var symbols: [String]
    /// See `EventBatch`.
    var scannedTo: Position
    var reachedEnd: Bool
}

extension SharedIndex {
    /// Plans a read of what is visible now.
    func plan(_ request: ReadRequest) throws(EventLogError) -> ReadPlan {
        let view = view()
        var plan = ReadPlanner(request, view)
        switch request.direction {
        case .forwards:
            for part in view.parts where part.end > request.after && !plan.isFull {
                try plan.scan(part, through: view.visiblePosition)
            }
            if !plan.isFull { try scanActive(&plan, view) }
        case .backwards:
            if request.after > view.activeBase + 1 { try scanActive(&plan, view) }
            for part in view.parts.reversed() where part.base + 1 < request.after && !plan.isFull {
                try plan.scan(part, through: view.visiblePosition)
            }
        }
        return plan.finish()
    }

    /// Scans the part that was active when the view was taken.
    private func scanActive(_ plan: inout ReadPlanner, _ view: View) throws(EventLogError) {
        // A new segment may have begun since: then it is one of the parts, or lies in one that was merged.
        let ended = try withIndex { index throws(EventLogError) -> (any IndexPart)? in
            if index.active.base == view.activeBase {
                try plan.scan(index.active, through: view.visiblePosition)
                return nil
            }
            return index.parts.last { $0.base <= view.activeBase }
        }
        if let ended { try plan.scan(ended, behind: view.activeBase, through: view.visiblePosition) }
    }
}
