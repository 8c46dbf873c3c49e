import EventLog

extension HandlerProcessor {
    /// Every event up to here has been dealt with, in all lanes.
    var position: Position {
        lanes.map { lane in lane.queue.first.map { $0.position - 1 } ?? max(lane.mark, scanned) }.min() ?? 0
    }

    /// How the processor stands now.
    func status() -> ProcessorStatus {
        let newest = context.log.lastPosition
        let oldest = lanes.compactMap { $0.queue.first?.time }.min()
        return ProcessorStatus(
            name: definition.name,
            kind: .handler,
            state: state,
            position: position,
            lagEvents: newest - min(position, newest),
            lagSeconds: oldest.map { max(0, Double(context.clock.now() - $0) / 1_000_000) } ?? 0,
            lanes: Dictionary(
                uniqueKeysWithValues: lanes.enumerated().filter { $0.element.mark > 0 }.map {
                    ($0.offset, $0.element.mark)
                }
            ),
            steps: steps,
            parked: parked.parkedCount,
            retrying: parked.waiting.count,
            lastFailure: lastFailure
        )
    }

    /// Parked events, oldest first.
    func parkedEvents() -> [ParkedEvent] { parked.all }

    private var state: ProcessorStatus.State {
        if stopReason != nil || isStopping { return .stopped }
        if isPaused { return .paused }
        let isWaiting = !parked.waiting.isEmpty || lanes.contains(where: \.isWaiting)
        return isWaiting ? .retrying : .running
    }
}
