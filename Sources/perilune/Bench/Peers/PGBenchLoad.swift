import Foundation

/// Clients of PostgreSQL: `pgbench` with a script that keeps each client's streams and revisions.
final class PGBenchLoad: AppendLoad {
    private let program: String
    private let folder: String
    private let port: Int
    private let work: AppendCase
    private var turn = 0

    /// Attempts at a turn, each twice as long as the one before.
    private static let attempts = 4

    init(program: String, folder: String, port: Int, work: AppendCase) {
        self.program = program
        self.folder = folder
        self.port = port
        self.work = work
    }

    /// A call of pgbench as the user that the server was made with.
    static func command(_ program: String, _ port: Int, _ arguments: [String]) -> [String] {
        [program, "-h", "127.0.0.1", "-p", "\(port)", "-U", "bench", "-n"] + arguments + ["postgres"]
    }

    /// Streams are named by the turn too, since a new call begins with revision 0.
    private var script: String {
        let stream = "'in-\(work.number)-\(turn)-' || :client_id::text || '-' || :stream::text"
        let count = work.eventsPerRequest
        let insert =
            count == 1
            ? "VALUES (\(stream), :revision::bigint, '\(AppendCase.type)', :data::json);"
            : "SELECT \(stream), :revision::bigint + item.place - 1, '\(AppendCase.type)', item.data "
                + "FROM unnest(:data::json[]) WITH ORDINALITY AS item(data, place);"
        return """
            \\set n :n + 1
            \\set stream :n % \(AppendCase.streamsPerClient)
            \\set revision :n / \(AppendCase.streamsPerClient) * \(count)
            INSERT INTO events (stream, revision, type, data) \(insert)

            """
    }

    /// Sent with every request: a variable is a parameter of the prepared statement.
    private var data: String {
        let text = String(decoding: AppendCase.data, as: UTF8.self)
        guard work.eventsPerRequest > 1 else { return text }
        let quoted = "\"" + text.replacing("\"", with: "\\\"") + "\""
        return "{" + Array(repeating: quoted, count: work.eventsPerRequest).joined(separator: ",") + "}"
    }

    func run(seconds: Int) throws -> AppendReport {
        // Its time begins before its connections are there, which on a busy machine can take all of it. The
        // rate that it tells is without that.
        for attempt in 0..<Self.attempts {
            if let report = try append(seconds: seconds << attempt) { return report }
        }
        throw BenchError("pgbench could not connect \(work.clients) clients in time")
    }

    /// Appends for so many seconds with connecting; nil when connecting took all of them.
    private func append(seconds: Int) throws -> AppendReport? {
        turn += 1
        let path = folder + "/append.sql"
        try script.write(toFile: path, atomically: false, encoding: .utf8)
        let command = Self.command(
            program,
            port,
            [
                "-M", "prepared", "-c", "\(work.clients)", "-j", "\(min(2, work.clients))",
                "-T", "\(seconds)", "-D", "n=-1", "-D", "data=\(data)", "-f", path,
            ]
        )
        let (text, end) = try ChildProcess(command, errors: folder + "/pgbench.err").rest()
        let requests = try number(behind: "number of transactions actually processed: ", in: text)
        guard requests > 0 else { return nil }
        return AppendReport(
            events: Int(requests) * work.eventsPerRequest,
            seconds: requests / (try number(behind: "tps = ", in: text)),
            clientSeconds: end.cpuSeconds
        )
    }

    private func number(behind name: String, in text: String) throws -> Double {
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        guard let digits = line?.dropFirst(name.count).prefix(while: { $0.isNumber || $0 == "." }),
            let number = Double(digits)
        else { throw BenchError("pgbench said nothing of \(name.debugDescription): \(text)") }
        return number
    }
}
