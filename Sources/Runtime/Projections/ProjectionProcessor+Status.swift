import EventLog
import ReadModels

extension ProjectionProcessor {
    /// How the projection stands now.
    func status() -> ProcessorStatus {
        let newest = context.log.lastPosition
        let position = gate.position
        return ProcessorStatus(
            name: definition.name,
            kind: .projection,
            state: state,
            position: position,
            lagEvents: newest - min(position, newest),
            lagSeconds: lagSeconds(behind: position),
            lanes: [0: position],
            steps: steps,
            parked: 0,
            lastFailure: lastFailure,
            generation: answering.model.generation,
            rebuild: progress
        )
    }

    private var state: ProcessorStatus.State {
        if stopReason != nil || isStopping { return .stopped }
        if isPaused { return .paused }
        if isWaiting { return .retrying }
        let awaitsNewRows = building != nil && answersByOtherCode
        return awaitsNewRows || !answering.isFed ? .building : .running
    }

    private func lagSeconds(behind position: Position) -> Double {
        guard position < context.log.lastPosition else { return 0 }
        // A status answers even when the log can't be read: then the lag in events alone tells.
        let next = try? context.log.read(ReadRequest(.all, after: position, limit: 1)).events.first
        return next.map { max(0, Double(context.clock.now() - $0.time) / 1_000_000) } ?? 0
    }
}
