import ArgumentParser
import Dispatch
import EventLog
import Logging
import Lua
import Runtime

/// A prompt's thread, and all that runs on it: the explorer, the line editor, and the waiting for the host.
///
/// Nothing else may run there: it is held up by whatever a line waits for.
actor ReplSession {
    /// How a prompt is set up.
    struct Setup: Sendable {
        /// The folder whose scripts run; nil: those that are live.
        var app: String?
        var json = false
        /// Whether what is written goes to the host at once.
        var isWriting = false
    }

    /// Ends what a line runs; from any thread.
    struct Interrupt: Sendable {
        let line: @Sendable () -> Void
        let attachment: Attachment

        func callAsFunction() {
            line()
            attachment.interrupt()
        }
    }

    private let thread = WorkerThread(name: "repl")
    private let attachment: Attachment
    private let setup: Setup
    private let terminal: ReplTerminal
    private let explorer: Explorer
    private let names: NameReader
    nonisolated let interrupt: Interrupt

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ attachment: Attachment, _ setup: Setup) throws(RuntimeError) {
        self.attachment = attachment
        self.setup = setup
        let terminal = ReplTerminal(json: setup.json, calls: attachment.calls)
        self.terminal = terminal
        let logger = Logger(label: "perilune.repl") { StreamLogHandler.standardError(label: $0) }
        explorer = try Explorer(
            attachment.log,
            services: attachment.services(terminal, app: setup.app),
            logger: logger,
            isWriting: setup.isWriting
        )
        names = attachment.reader(of: explorer.known)
        interrupt = Interrupt(line: explorer.interrupt, attachment: attachment)
    }

    /// Evaluates a text, shows its values, and tells what the process ends with.
    func evaluateAll(_ text: String, file: String?) -> ExitCode {
        explorer.prepare()
        do throws(ExplorerFailure) {
            let evaluation = try explorer.evaluate(text, file: file)
            attachment.live.end()
            show(evaluation)
            return evaluation.isNegative ? .refused : .success
        } catch {
            attachment.live.end()
            switch error {
            case .interrupted: return .interrupted
            case .incomplete(let failure): return report(failure, cause: nil)
            case .failed(let failure, let cause): return report(failure, cause: cause)
            }
        }
    }

    /// For machines several values are one list.
    private func show(_ evaluation: Evaluation) {
        guard setup.json, evaluation.values.count != 1 else {
            for value in evaluation.values { terminal.show(value) }
            return
        }
        guard !evaluation.values.isEmpty else { return }
        let values = evaluation.values.map { value in
            switch value {
            case .json(let value): value
            case .text(let text): JSONValue.string(text)
            }
        }
        terminal.show(.json(.array(values)))
    }

    private func report(_ failure: ScriptFailure, cause: (any Error)?) -> ExitCode {
        if let client = attachment.clientError(behind: cause) {
            _ = FailureText.report(client.code, client.detail, hint: client.hint ?? "", json: setup.json)
            return client.exitCode
        }
        if setup.json {
            let code =
                (cause as? RuntimeError)?.code ?? (cause as? EventLogError)?.code
                ?? (cause as? ExplorerError)?.code ?? failure.code
            return FailureText.report(code, failure.summary, hint: failure.hint, json: true)
        }
        Console.standardError.line(failure.text)
        return .failed
    }
}

// Line after line.
extension ReplSession {
    /// What reading a line came to.
    enum Line {
        case text(String)
        case interrupted
        case end
    }

    /// Of a terminal that doesn't say how wide it is.
    private static let columnsDefault = 80

    /// Reads lines from the terminal, with editing, history and completion.
    func interact() {
        let reader = LineReader(history: LineReader.historyFile()) { line in
            self.complete(line).text(width: Console.standardOutput.width ?? Self.columnsDefault)
        }
        terminal.person.ask = { reader.ask($0) }
        defer {
            terminal.person.ask = nil
            names.end()
        }
        run { prompt in
            if !explorer.known.reaches(explorer.position) { names.wake() }
            return reader.read(prompt)
        }
    }

    /// Reads lines from standard input as they are, without prompts.
    func readInput() {
        run { _ in readLine().map(Line.text) ?? .end }
    }

    /// Reads and evaluates lines until there are no more.
    private func run(read: (_ prompt: String) -> Line) {
        var text = ""
        explorer.prepare()
        while true {
            switch read(text.isEmpty ? prompt() : "...> ") {
            case .end:
                if explorer.triedEvents > 0 {
                    Console.standardError.line(
                        "perilune: \(explorer.triedEvents) events on the fork are gone"
                    )
                }
                return
            case .interrupted: text = ""
            case .text(let line):
                text += text.isEmpty ? line : "\n" + line
                switch text.trimmingPrefix(while: \.isWhitespace) {
                case "": text = ""
                case "exit", "quit": return
                default: if evaluate(text) { text = "" }
                }
            }
        }
    }

    /// Evaluates what was read; false when it isn't over.
    private func evaluate(_ text: String) -> Bool {
        do throws(ExplorerFailure) {
            show(try explorer.evaluate(text == "help" ? "help()" : text))
        } catch {
            switch error {
            case .incomplete: return false
            case .interrupted: Console.standardError.line("interrupted")
            case .failed(let failure, let cause): _ = report(failure, cause: cause)
            }
        }
        attachment.live.end()
        return true
    }

    /// `orders@1234>`, and what is unusual about where the session is.
    private func prompt() -> String {
        var marks = ""
        do { try explorer.refresh() } catch {
            _ = attachment.clientError(behind: nil)
            marks += " away"
        }
        if explorer.isPinned { marks += " then" }
        if setup.isWriting { marks += " write" }
        if explorer.triedEvents > 0 { marks += " fork+\(explorer.triedEvents)" }
        return "\(attachment.name)@\(explorer.position)\(marks)> "
    }

    /// What Tab gives for the text before the cursor.
    private func complete(_ before: String) -> Completion {
        Completion(before: before, words: explorer.globalNames()) { start, limit in
            names.catchUp(to: explorer.position)
            return explorer.names(startingWith: start, limit: limit)
        }
    }
}
