import EventLog
import Logging
import Runtime

/// `save-to-live` and `edits-under-load-p99`: scripts are edited, a fourth of them broken, while 5,000 events
/// a second flow through a handler.
///
/// Fails when an event is lost or doubled, or was decided by another set than the one that was live at its
/// place in the log.
struct EditsBench {
    let quick: Bool
    let leftovers: Leftovers

    /// 50 events every 10 ms.
    private static let frameEvents = 50
    private static let interval = Duration.milliseconds(10)
    private static let warmUpFrames = 100

    private var edits: Int { quick ? 40 : 200 }
    private var frames: Int { quick ? 400 : 1_500 }

    func run(_ show: (BenchResult) -> Void) async throws {
        try await leftovers.withFolder("edits") { folder in
            let app = EditedApp(folder: folder.path + "/app")
            try app.save(0)
            let log = try await DiskLog.open(folder: folder.path + "/log", logger: Logger(label: "bench"))
            var options = HostOptions()
            options.logger.logLevel = .critical
            let watch = FolderWatch(app.folder)
            let host = try await Host.start(
                try ScriptSet(folder: app.folder),
                log: log,
                readModelFolder: nil,
                options: options
            )
            let load = PacedLoad(log: log, frameEvents: Self.frameEvents, interval: Self.interval)
            _ = try await load.run(frames: Self.warmUpFrames, from: 0)
            let quiet = try await load.run(frames: frames, from: Self.warmUpFrames)
            let first = Self.warmUpFrames + frames
            let (edited, saves, count) = try await edit(app, host, watch, load, from: first)
            try check(log, events: (first + count) * Self.frameEvents)
            await host.stop()
            try await log.close()
            show(try live(saves))
            show(slowdown(edited, quiet))
        }
    }

    /// Edits while the load goes on, until the last edit is live or refused.
    private func edit(
        _ app: EditedApp,
        _ host: Host,
        _ watch: FolderWatch,
        _ load: PacedLoad,
        from first: Int
    ) async throws -> (latencies: [Double], saves: [Double], frames: Int) {
        let (edits, frames) = (edits, frames)
        var latencies: [Double] = []
        var count = 0
        var times: [Double]?
        let done = Task { try await Self.save(edits, app, host, watch) }
        repeat {
            latencies += try await load.run(frames: frames / 10, from: first + count)
            count += frames / 10
            if count >= frames { times = try await done.value }
        } while times == nil
        return (latencies, times ?? [], count)
    }

    /// Saves each edit, and waits until it is live, or refused: milliseconds of those that went live.
    private static func save(
        _ edits: Int,
        _ app: EditedApp,
        _ host: Host,
        _ watch: FolderWatch
    ) async throws -> [Double] {
        let clock = ContinuousClock()
        var changes = watch.makeAsyncIterator()
        var times: [Double] = []
        for edit in 1...edits {
            let before = host.scripts.hash
            let start = clock.now
            try app.save(edit)
            _ = await changes.next()
            do {
                try await host.publish(try ScriptSet(folder: app.folder), from: .folder)
                times.append(Rounds.seconds(start.duration(to: clock.now)) * 1_000)
            } catch {
                guard EditedApp.isBroken(edit), host.scripts.hash == before else { throw error }
            }
            guard EditedApp.isBroken(edit) == (host.scripts.hash == before) else {
                throw BenchError("edit \(edit) isn't as it should be")
            }
        }
        return times
    }

    /// Each event has one effect, and each effect was decided by what was live.
    private func check(_ log: DiskLog, events: Int) throws {
        var live = ""
        var seen = [Bool](repeating: false, count: events)
        var request = ReadRequest(.all)
        while true {
            let page = try log.read(request)
            for event in page.events {
                if event.stream.text == "$scripts-app" {
                    live = try JSONValue(parsing: event.data)["hash"]?.string ?? ""
                }
                guard event.stream.category == "out" else { continue }
                guard let order = SampleEvents.order(in: event.data), order < events, !seen[order] else {
                    throw BenchError("an effect is doubled, at position \(event.position)")
                }
                seen[order] = true
                guard try JSONValue(parsing: event.meta)["rule"]?.string == live else {
                    throw BenchError("other scripts decided at position \(event.position)")
                }
            }
            if page.reachedEnd { break }
            request.after = page.scannedTo
        }
        guard seen.allSatisfy({ $0 }) else { throw BenchError("an event has no effect") }
    }

    private func live(_ saves: [Double]) throws -> BenchResult {
        let slow = Int(Rounds.quantile(0.99, of: saves).rounded())
        return BenchResult(
            name: "save-to-live",
            value: Rounds.median(saves),
            unit: "ms",
            baseline: "two looks at the folder",
            baselineValue: 2 * Double(FolderWatch.interval) / 1_000,
            note:
                "lower is better; from the save of an app of 500 lines until it decides, checked and in the "
                + "log, under 5,000 events/s; p99 \(slow) ms; \(edits) edits, \(edits - saves.count) of them "
                + "broken and refused; no event lost, doubled, or decided by scripts that weren't live",
            target: .value(atMost: 100)
        )
    }

    private func slowdown(_ edited: [Double], _ quiet: [Double]) -> BenchResult {
        BenchResult(
            name: "edits-under-load-p99",
            value: Rounds.quantile(0.99, of: edited),
            unit: "µs",
            baseline: "p99 of the same load without edits",
            baselineValue: Rounds.quantile(0.99, of: quiet),
            note: "lower is better; from when an event was due until its effect is durable and seen, 5,000 "
                + "events/s in frames of \(Self.frameEvents); p50 \(Int(Rounds.median(edited))) and "
                + "\(Int(Rounds.median(quiet))) µs",
            target: BenchTarget(subject: .ratio, bound: .atMost, limit: 2)
        )
    }
}
