import EventLog
import Logging
import Runtime

/// The smallest app over a log on the disk: one handler that emits an event for each that it gets, exactly
/// once.
struct CountingApp {
    let log: DiskLog

    /// Events in one frame while the log is being filled.
    private static let fillFrame = 500

    /// A key that no event has.
    private static let noKey = "none"

    /// What the handler emits goes to streams of this category.
    static let effects = EventFilter.category("out")

    /// Opens a log in a folder, and fills it with so many events of the suites.
    init(in folder: BenchFolder, events: Int) async throws {
        log = try await DiskLog.open(folder: folder.path, logger: Logger(label: "bench"))
        for first in stride(from: 0, to: events, by: Self.fillFrame) {
            let frame = try (first..<min(first + Self.fillFrame, events)).map(SampleEvents.event)
            _ = try await log.commit(NewFrame(events: frame))
        }
    }

    /// Starts a host, whose handler begins with the first event of the log.
    func start(failingFor key: String? = nil) async throws -> Host {
        var options = HostOptions()
        options.logger.logLevel = .error
        return try await Host.start(
            try Self.scripts(failingFor: key ?? Self.noKey),
            log: log,
            readModelFolder: nil,
            options: options
        )
    }

    /// The key is looked at also where none fails, so that nothing else differs.
    private static func scripts(failingFor key: String) throws -> ScriptSet {
        let script = """
            handler "count" { on = "in.OrderPlaced", run = function(e)
            if e.key == "\(key)" then error("this key fails") end
            \(SampleEvents.handler)
            end }
            """
        return try ScriptSet(name: "bench", files: ["app.lua": Array(script.utf8)])
    }
}
