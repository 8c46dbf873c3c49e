import EventLog
import Hummingbird
import Runtime

/// Rules as data: what is live, what was, publish and rollback.
struct ScriptRoutes {
    let host: Host

    /// `GET /scripts`: everything that was live, oldest first, and the hash of what is.
    func history(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let (live, history) = (host.scripts.hash, try host.scriptHistory())
        return Response.json { writer in
            writer.beginObject()
            writer.name("live")
            writer.string(live)
            writer.name("scripts")
            writer.beginArray()
            for scripts in history { writer.published(scripts) }
            writer.endArray()
            writer.endObject()
        }
    }

    /// `GET /scripts/{hash}`: the texts of a set.
    func read(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let scripts = try host.scripts(try request.name("hash", for: .reading))
        return Response.json { writer in
            writer.beginObject()
            writer.name("hash")
            writer.string(scripts.hash)
            writer.name("app")
            writer.string(scripts.name)
            writer.name("files")
            writer.beginObject()
            for (path, text) in scripts.files.sorted(by: { $0.key < $1.key }) {
                writer.name(path)
                writer.string(String(decoding: text, as: UTF8.self))
            }
            writer.endObject()
            writer.endObject()
        }
    }

    /// `POST /scripts?check=&force=` `{files:{path: text}, app?, author?, note?}`: 201 when it is live, 200
    /// when it changes nothing or was only checked.
    func publish(_ request: APIRequest) async throws -> Response {
        let query = try request.query(["check", "force"])
        let (isCheck, isForced) = (try query.flag("check"), try query.flag("force"))
        let body = try JSONValue(parsing: try await request.body(limit: ServerLimits.scriptBodyBytesMax))
        let members = try object(body, allowing: ["files", "app", "author", "note"])
        let scripts = try ScriptSet(
            name: try text("app", in: members) ?? host.scripts.name,
            files: try files(in: members)
        )
        if isCheck { return answer(try await host.checkScripts(scripts), isLive: false) }
        let report = try await host.publish(scripts, by: try author(in: members), isForced: isForced)
        return answer(report, isLive: true)
    }

    /// `POST /scripts/{hash}/activate?force=` `{author?, note?}`: makes a set live again that was.
    func activate(_ request: APIRequest) async throws -> Response {
        let isForced = try request.query(["force"]).flag("force")
        let body = try await request.body()
        let json = body.isEmpty ? JSONValue.object([:]) : try JSONValue(parsing: body)
        let author = try author(in: object(json, allowing: ["author", "note"]))
        let hash = try request.name("hash", for: .reading)
        return answer(try await host.rollback(to: hash, by: author, isForced: isForced), isLive: true)
    }

    private func answer(_ report: PublishReport, isLive: Bool) -> Response {
        Response.json(status: isLive && !report.isUnchanged ? .created : .ok) { writer in
            writer.beginObject()
            for (name, value) in [("hash", report.hash), ("parent", report.parent)] {
                writer.name(name)
                writer.string(value)
            }
            writer.name("live")
            writer.bool(isLive)
            writer.name("position")
            writer.integer(report.position)
            for (name, lines) in [("changes", report.changes), ("doubts", report.doubts)] {
                writer.name(name)
                writer.beginArray()
                for line in lines { writer.string(line) }
                writer.endArray()
            }
            writer.endObject()
        }
    }

    private func object(_ body: JSONValue, allowing known: [String]) throws -> [String: JSONValue] {
        guard let members = body.object else {
            throw Problem.invalidInput("body", "the body must be an object")
        }
        if let stranger = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw Problem.invalidInput(stranger, "this route takes no member \(stranger.debugDescription)")
        }
        return members
    }

    private func text(_ name: String, in members: [String: JSONValue]) throws -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.string else {
            throw Problem.invalidInput(name, "\(name) must be a string, not \(value.kind)")
        }
        return text
    }

    private func author(in members: [String: JSONValue]) throws -> PublishAuthor {
        PublishAuthor(name: try text("author", in: members), note: try text("note", in: members))
    }

    private func files(in members: [String: JSONValue]) throws -> [String: [UInt8]] {
        guard let files = members["files"]?.object else {
            throw Problem.invalidInput("files", "\"files\" must be an object of texts by their paths")
        }
        var texts: [String: [UInt8]] = [:]
        for (path, text) in files {
            guard let text = text.string, path.hasSuffix(".lua") || path.hasSuffix(".json") else {
                let place = path.debugDescription
                throw Problem.invalidInput(
                    "files",
                    "\(place) is no text of a .lua file, or of a .json fixture"
                )
            }
            texts[path] = Array(text.utf8)
        }
        return texts
    }
}

extension JSONWriter {
    fileprivate mutating func published(_ scripts: PublishedScripts) {
        beginObject()
        name("hash")
        string(scripts.hash)
        name("app")
        string(scripts.app)
        name("origin")
        string(scripts.origin.rawValue)
        for (member, value) in [
            ("parent", scripts.parent), ("author", scripts.author), ("note", scripts.note),
        ] {
            name(member)
            if let value { string(value) } else { null() }
        }
        name("position")
        integer(scripts.position)
        name("time")
        string(TimeText.format(scripts.time))
        name("files")
        beginObject()
        for (path, hash) in scripts.files.sorted(by: { $0.key < $1.key }) {
            name(path)
            string(hash)
        }
        endObject()
        endObject()
    }
}
