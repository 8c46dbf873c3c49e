import EventLog
import Hummingbird
import Runtime
import ServiceLifecycle
import Synchronization

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
        if JSONLines.areWanted(by: request.request) { return lines(comparison) }
        do {
            let (host, comparison) = (host, comparison)
            let diff = try await cancelWhenGracefulShutdown { try await host.diff(comparison) }
            return try Response.json { writer in try writer.value(diff.json) }
        } catch {
            throw Self.problem(of: error)
        }
    }

    /// Microseconds after which a line is written though there is nothing new: so it shows that the client
    /// has left, and the work ends.
    private static let silenceMax: Int64 = 1_000_000

    /// The same in lines: how far it is, from time to time, and at the end `{"diff":…}` or `{"error":…}`.
    private func lines(_ comparison: DiffRequest) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: JSONLines.contentType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await write(comparison, to: &writer)
                try await writer.finish(nil)
            }
        )
    }

    /// Writes until the work is done; when a line can't be written any more, the work is cancelled.
    private func write(_ comparison: DiffRequest, to writer: inout any ResponseBodyWriter) async throws {
        let amount = Amount()
        async let result = result(of: comparison, amount)
        async let _ = breakSilence(amount)
        for await (done, total) in amount.changes {
            try await writer.write(JSONLines.progress(done, of: total))
        }
        let last =
            switch await result {
            case .success(let diff): try JSONLines.line("diff") { try $0.value(diff.json) }
            case .failure(let error): JSONLines.error(Self.problem(of: error))
            }
        try await writer.write(last)
    }

    private func result(of comparison: DiffRequest, _ amount: Amount) async -> Result<ScriptDiff, any Error> {
        defer { amount.finish() }
        do {
            let host = host
            let diff = try await cancelWhenGracefulShutdown {
                try await host.diff(comparison) { amount.set($0, of: $1) }
            }
            return .success(diff)
        } catch {
            return .failure(error)
        }
    }

    private func breakSilence(_ amount: Amount) async {
        // Cancelled means that the answer is written.
        while (try? await clock.sleep(Self.silenceMax)) != nil { amount.tellAgain() }
    }

    private static func problem(of error: any Error) -> Problem {
        var problem = Problem(describing: error)
        // The scripts came with the request: what is wrong with them isn't the host's fault.
        if case RuntimeError.script = error { problem.status = 422 }
        return problem
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

/// How far a comparison is, told to who writes it: of amounts that come faster than they are written, the
/// newest is enough.
private final class Amount: Sendable {
    typealias Value = (done: Int, total: Int)

    let changes: AsyncStream<Value>
    private let told: AsyncStream<Value>.Continuation
    private let newest = Mutex<Value>((0, 0))

    init() {
        (changes, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func set(_ done: Int, of total: Int) {
        newest.withLock { $0 = (done, total) }
        tellAgain()
    }

    func tellAgain() { told.yield(newest.withLock(\.self)) }

    func finish() { told.finish() }
}
