import EventLog

extension Timekeeper {
    /// How it stands now.
    ///
    /// What is due and hasn't fired is not dealt with, so the position stays behind the log for as long.
    func status() -> ProcessorStatus {
        let (now, newest) = (context.clock.now(), context.log.lastPosition)
        let late = stopReason == nil ? nextDue.map { now - $0 } ?? -1 : -1
        let position = late >= 0 && scanned >= newest ? newest - min(newest, 1) : scanned
        var status = ProcessorStatus(
            name: Self.name,
            kind: .timers,
            state: stopReason != nil || isStopping ? .stopped : isPaused ? .paused : .running,
            position: position,
            lagEvents: newest - min(position, newest),
            lagSeconds: Double(max(0, late)) / 1_000_000,
            lanes: marks.filter { $0.value > 0 },
            steps: fired,
            parked: 0,
            lastFailure: stopReason
        )
        status.waitingTimers = timers.count
        status.nextDue = nextDue
        return status
    }

    /// Where the timers stand in the log that are due first.
    func waitingTimers(atMost count: Int) -> [Position] { timers.positions(atMost: count) }

    /// When each schedule ticks next, in microseconds since 1970; absent before its rule is recorded.
    func nextTicks() -> [String: LogTime] {
        var ticks: [String: LogTime] = [:]
        for schedule in schedules {
            if let next = schedule.next { ticks[schedule.definition.name] = next * 1_000_000 }
        }
        return ticks
    }
}
