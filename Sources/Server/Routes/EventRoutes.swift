import EventLog
import Hummingbird
import Runtime

/// The log as pages.
struct EventRoutes {
    let host: Host
    let clock: HostClock

    /// `GET /events?from=&limit=&category=&type=&tag=&since=&direction=`: `from` is a position.
    func read(_ request: APIRequest) async throws -> Response {
        let query = try request.query(["limit", "direction"] + EventSelection.parameters)
        let selection = try EventSelection(query, now: clock.now())
        let direction = try query.direction()
        let earliest =
            try selection.since.map { (time) throws(RuntimeError) in try host.firstPosition(notBefore: time) }
            ?? 0
        let given: Position? =
            switch selection.start {
            case .position(let position): position
            case .end: direction == .forwards ? host.lastPosition + 1 : .max
            case nil: nil
            }
        let page = EventPage(
            filter: selection.filter,
            direction: direction,
            from: direction == .forwards ? max(given ?? 0, earliest) : given ?? .max,
            floor: direction == .forwards ? 0 : earliest,
            limit: try query.limit()
        )
        return try page.response(from: host)
    }
}
