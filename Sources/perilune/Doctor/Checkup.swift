import EventLog
import ReadModels
import Runtime
import Server

/// What a quick look at a data folder and its disk has found, for people and for machines.
struct Checkup {
    private let survey: LogSurvey
    private let latency: Result<FlushLatency, EventLogError>
    private let rows: [ReadModelSurvey.Found]

    init(_ folder: String) throws(EventLogError) {
        survey = try LogSurvey.run(folder)
        rows = ReadModelSurvey(folder: Hosting.readModelFolder(in: folder)).models
        // A folder that can't be written to can still be looked at.
        latency = Result { () throws(EventLogError) in try FlushLatency.measure(in: folder) }
    }

    /// What there is to know or to do.
    var findings: [LogFinding] {
        guard case .success(let latency) = latency, let finding = latency.finding(survey.folder) else {
            return survey.findings
        }
        return survey.findings + [finding]
    }

    var isDamaged: Bool { findings.contains(where: \.isDamage) }

    private var latencyText: String {
        switch latency {
        case .success(let measured):
            "a flush takes \(Self.text(measured.median)), one in a hundred \(Self.text(measured.p99)) or more"
        case .failure(let error): "can't be measured: \(error)"
        }
    }

    private static func text(_ microseconds: Double) -> String {
        let tenths = Int(microseconds / 100 + 0.5)
        return microseconds < 1_000 ? "\(Int(microseconds + 0.5)) µs" : "\(tenths / 10).\(tenths % 10) ms"
    }

    /// Name and text of each line.
    var lines: [(String, String)] {
        let times = [survey.firstTime, survey.lastTime].compactMap { $0 }.map(TimeText.format)
        let range = times.count == 2 ? ", from \(times[0]) to \(times[1])" : ""
        let segments = "\(ByteText.count(survey.segments, "segment")), \(ByteText.text(survey.segmentBytes))"
        let indexes = ByteText.count(survey.indexFiles, "index file")
        return [
            ("folder", survey.folder + (survey.holder.map { ", held by \($0)" } ?? ", held by nobody")),
            ("log", survey.log?.description ?? "unknown"),
            ("events", "\(survey.lastPosition)\(range)"),
            ("files", "\(segments); \(indexes), \(ByteText.text(survey.indexBytes))"),
            (
                "room",
                "\(ByteText.text(survey.zerosAhead)) of zeros ahead, \(ByteText.text(survey.freeBytes)) free"
            ),
            ("disk", latencyText), ("rows", rowsText),
        ]
    }

    /// `2 read models, 1.2 MiB; balances: generation 3 is built beside 2`.
    private var rowsText: String {
        let total = ByteText.text(Int(clamping: rows.reduce(0) { $0 + $1.bytes }))
        let beside = rows.filter { $0.generations.count > 1 }.map { found in
            let (older, newest) = (found.generations.dropLast(), found.generations.last ?? 0)
            return "; \(found.name): generation \(newest) is built beside "
                + older.map(String.init).joined(separator: ", ")
        }
        return "\(ByteText.count(rows.count, "read model")), \(total)" + beside.joined()
    }

    /// The same for machines.
    var members: [String: JSONValue] {
        func time(_ time: LogTime?) -> JSONValue { time.map { .string(TimeText.format($0)) } ?? .null }
        let log: [String: JSONValue] = [
            "folder": .string(survey.folder), "holder": survey.holder.map { .string($0) } ?? .null,
            "id": survey.log.map { .string($0.description) } ?? .null,
            "position": .number(survey.lastPosition), "first_time": time(survey.firstTime),
            "last_time": time(survey.lastTime), "segments": .number(survey.segments),
            "segment_bytes": .number(survey.segmentBytes), "index_files": .number(survey.indexFiles),
            "index_bytes": .number(survey.indexBytes), "zeros_ahead": .number(survey.zerosAhead),
            "free_bytes": .number(survey.freeBytes),
        ]
        var flush = JSONValue.null
        if case .success(let measured) = latency {
            flush = .object(["p50_us": .float(measured.median), "p99_us": .float(measured.p99)])
        }
        let readModels = rows.map { found in
            JSONValue.object([
                "name": .string(found.name), "bytes": .number(found.bytes),
                "generations": .array(found.generations.map { .integer(Int64($0)) }),
            ])
        }
        return [
            "log": .object(log), "flush": flush, "read_models": .array(readModels),
            "findings": .array(findings.map(FindingText.json)),
            "damaged": .bool(isDamaged),
        ]
    }
}
