import EventLog
import Hummingbird
import Runtime

/// What would change if other scripts decided.
struct DiffRoutes {
    let host: Host
    let clock: HostClock

    /// `POST /scripts/diff?old=&from=&to=&since=&aggregate=&handler=&recomputed=`: the body is
    /// `{"files":{"app.lua":…}, "old_files":{…}}`.
    ///
    /// Compared is with `old_files`, else with the set that `old` names, else with what is live. It runs
    /// beside the workers, on a thread of its own, and changes nothing.
    func compare(_ request: APIRequest) async throws -> Response {
        let known = ["old", "from", "to", "since", "aggregate", "handler", "recomputed"]
        let query = try request.query(known)
        let bytes = try await request.body(limit: ServerLimits.scriptBodyBytesMax)
        let body = try JSONObjectReader(parsing: bytes[...])
        let new = try Self.files("files", of: body)
        guard let new else { throw Problem.invalidInput("files", "the body must have files: path to text") }
        var comparison = DiffRequest(old: try old(body, query), new: try scripts(new))
        let since = try query.text("since").map { (text) throws(Problem) in
            try EventSelection.time(text, now: clock.now())
        }
        comparison.from = try query.number("from")
        if let since { comparison.from = try host.firstPosition(notBefore: since) }
        comparison.to = try query.number("to")
        comparison.aggregate = try query.text("aggregate")
        comparison.handler = try query.text("handler")
        comparison.downstream = try query.flag("recomputed") ? .recomputed : .recorded
        do {
            let diff = try await host.diff(comparison)
            return try Response.json { writer in try writer.value(diff.json) }
        } catch RuntimeError.script(let failure) {
            // The scripts came with the request: what is wrong with them isn't the host's fault.
            var problem = Problem(.script(failure))
            problem.status = 422
            throw problem
        }
    }

    private func old(_ body: JSONObjectReader, _ query: QueryParameters) throws -> ScriptSet {
        if let files = try Self.files("old_files", of: body) { return try scripts(files) }
        guard let hash = try query.text("old") else { return host.scripts }
        return try host.scripts(hash)
    }

    private func scripts(_ files: [String: [UInt8]]) throws(RuntimeError) -> ScriptSet {
        try ScriptSet(name: host.scripts.name, files: files)
    }

    /// Texts by their paths; nil when the member is absent.
    private static func files(_ name: String, of body: JSONObjectReader) throws -> [String: [UInt8]]? {
        guard let value = try body.value(name) else { return nil }
        guard let members = value.object else {
            throw JSONError.wrongKind(member: name, expected: "an object", found: value.kind)
        }
        return try members.mapValues { text in
            guard let text = text.string else {
                throw JSONError.wrongKind(member: name, expected: "texts by path", found: text.kind)
            }
            return Array(text.utf8)
        }
    }
}
