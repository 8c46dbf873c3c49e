import Runtime
import ServiceLifecycle

/// Publishes what is saved in the app's folder, and says what came of it: one line when it is live, the whole
/// failure when it isn't.
///
/// Part of `perilune run`.
struct AppWatch: Service {
    let host: Host
    let watch: FolderWatch

    /// Where lines for people go, and where failures do.
    var output = Console.standardOutput
    var errors = Console.standardError

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await change in watch { await publish(change) }
        }
    }

    private func publish(_ change: FolderChange) async {
        let clock = ContinuousClock()
        let start = clock.now
        do {
            let report = try await host.publish(try ScriptSet(folder: watch.folder), from: .folder)
            if report.isUnchanged {
                output.line("same     \(change.files.joined(separator: ", ")): \(report.hash) goes on")
            } else {
                let milliseconds = start.duration(to: clock.now) / .milliseconds(1)
                output.line(PublishText.line(report, milliseconds: milliseconds))
            }
            for doubt in report.doubts { errors.line("doubt    \(doubt)") }
        } catch {
            errors.line("refused  \(change.files.joined(separator: ", ")): \(host.scripts.hash) goes on")
            if case .publishRefused(let failures) = error {
                for failure in failures { errors.line(failure.text) }
            } else {
                errors.line("\(error.code): \(error.description)\n  hint: \(error.hint)")
            }
        }
    }
}
