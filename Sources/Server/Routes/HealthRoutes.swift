import EventLog
import Hummingbird
import Runtime

/// Whether the host lives, and whether it is ready for work.
struct HealthRoutes {
    let host: Host

    /// `GET /healthz`: who answers, with what rules, over which log, and how far it is.
    func alive(_ request: APIRequest) async throws -> Response {
        Response.json { writer in
            writer.beginObject()
            for (member, value) in [
                ("status", "alive"), ("app", host.scripts.name), ("script_hash", host.scripts.hash),
                ("log", host.logID.description),
            ] {
                writer.name(member)
                writer.string(value)
            }
            writer.name("position")
            writer.integer(host.lastPosition)
            writer.endObject()
        }
    }

    /// `GET /readyz`: 200 while the log takes appends and every processor has caught up.
    ///
    /// Caught up means: with the log as it was when the host started.
    func ready(_ request: APIRequest) async throws -> Response {
        if let reason = await host.notReadyReason() {
            throw Problem(
                "not-ready",
                reason,
                hint: "`perilune processors` shows how far each one is; the host's log says what went wrong"
            )
        }
        return Response.json { writer in
            writer.beginObject()
            writer.name("status")
            writer.string("ready")
            writer.endObject()
        }
    }
}
