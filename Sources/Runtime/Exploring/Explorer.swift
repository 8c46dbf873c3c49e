import EventLog
import Logging
import Lua
import Stdlib

/// A prompt over a log: evaluates lines of Lua that have the words of scripts and more, and writes nothing.
///
/// What a line appends or commands goes to an `OverlayLog` over the log that it was given, until `commit`
/// sends it. Two VMs: one for the lines, which keeps what they define; and one with the app, in which
/// commands and folds run just as they do in a host, and which is made anew when the scripts change or time
/// moves back. A third one folds the rows of the past, once a query asks for them. An interruption ends the
/// line, and the step or the read that it waits for; nothing of such a step is kept.
///
/// Invariants: the log that it was given is only read; one thread at a time uses it; a line that fails leaves
/// it usable.
///
/// Called by `perilune repl` and `perilune eval`.
public final class Explorer {
    /// Ends what a line runs; from any thread.
    public let interrupt: @Sendable () -> Void

    /// What its log names, as far as somebody reads it for that.
    public let known = KnownNames()

    let interruption = LuaInterruption()

    let base: any EventLog
    let view: OverlayLog
    let services: ExplorerServices

    /// Where `at` has moved the session to; nil: it follows the log.
    var pinned: Position?
    /// What was tried, in order.
    var pending: [PendingStep] = []
    /// Whether what is written goes to the host at once.
    var isWriting = false
    var isNegative = false

    private let console: ScriptSession
    private(set) var appSteps: AppSteps?
    private var pastRows: PastRows?
    private var isStale = true
    private var lines = 0
    /// What a word of the console threw last.
    private var thrown: (any Error)?

    /// A prompt over a log.
    ///
    /// - Parameters:
    ///   - base: the log; only read.
    ///   - services: what else may be asked.
    ///   - logger: where `log.info` of steps goes.
    ///   - isWriting: whether commands and appends go to the host at once.
    /// - Throws: `RuntimeError` when the words can't be loaded, which would be a bug.
    public init(
        _ base: any EventLog,
        services: ExplorerServices,
        logger: Logger,
        isWriting: Bool = false
    ) throws(RuntimeError) {
        interrupt = { [interruption] in interruption.raise() }
        self.base = base
        self.services = services
        self.isWriting = isWriting
        view = OverlayLog(
            base,
            endingAt: base.lastPosition,
            clock: services.clock,
            isInterrupted: { [interruption] in interruption.isRaised }
        )
        console = try ScriptSession(
            scripts: try ScriptSet(name: "console", files: [ScriptSet.entry: []]),
            log: view,
            logger: logger,
            console: ConsoleMode()
        )
        console.vm.watch(interruption)
        for (name, word) in Self.logWords.merging(Self.tryingWords, uniquingKeysWith: { first, _ in first }) {
            register(name) { explorer, argument in
                let result = try word(explorer, argument)
                // What was cut short isn't an answer; what was written is, so those words aren't asked.
                try explorer.interruption.check()
                return result
            }
        }
        for (name, word) in Self.writingWords { register(name, word) }
        for (name, word) in services.words { register(name) { _, argument in try word(argument) } }
        for (name, word) in services.waitingWords {
            register(name) { explorer, argument in
                let result = try word(argument)
                explorer.interruption.clear()
                return result
            }
        }
    }

    /// Loads the app, so that its modules can be required from the first line on; it may wait for the log.
    ///
    /// An app that can't be loaded is told by the line that needs it.
    public func prepare() {
        // As the comment above says.
        _ = try? steps()
    }

    /// Evaluates a line, or several.
    ///
    /// - Parameters:
    ///   - text: Lua; an expression gives its values, as after `return`.
    ///   - file: how errors name the text; nil: `input 1` and so on.
    /// - Returns: its values.
    /// - Throws: `ExplorerFailure`.
    public func evaluate(_ text: String, file: String? = nil) throws(ExplorerFailure) -> Evaluation {
        interruption.clear()
        lines += 1
        isStale = true
        isNegative = false
        thrown = nil
        let name = file ?? "input \(lines)"
        let bytes = Array(text.utf8)
        console.vm.addSource(bytes, file: name)
        do throws(LuaError) {
            var results = try console.evaluate(bytes, file: name, time: services.clock())
            return Evaluation(values: Self.values(&results), isNegative: isNegative)
        } catch {
            if error.incompleteInput {
                lines -= 1
                throw .incomplete(Self.failure(error))
            }
            if error.kind == .interrupted || interruption.isRaised {
                throw .interrupted
            }
            let cause = thrown.flatMap { error.message.contains(String(describing: $0)) ? $0 : nil }
            throw .failed(Self.failure(error), cause: cause)
        }
    }

    /// The globals and the fields of tables that a line can name.
    public func globalNames() -> [String] { console.vm.names() }

    private static func failure(_ error: LuaError) -> ScriptFailure {
        // A word that is the whole line leaves no line of its person's on the stack, only one of ours.
        let isOurs = error.file?.hasPrefix("prelude/") ?? true
        return ScriptFailure(
            code: error.code,
            summary: error.message,
            file: isOurs ? "" : error.file ?? "",
            line: isOurs ? 0 : error.line ?? 0,
            context: "",
            hint: error.hint ?? "",
            text: isOurs ? error.message + (error.hint.map { "\n  hint: \($0)" } ?? "") : error.rendered
        )
    }

    private static func values(_ results: inout PackedReader) -> [Evaluation.Value] {
        var values: [Evaluation.Value] = []
        while let kind = results.next()?.text {
            let text = results.text()
            // The prelude encoded it.
            if kind == "json", let value = try? JSONValue(parsing: text) {
                values.append(.json(value))
            } else {
                values.append(.text(text))
            }
        }
        return values
    }

    /// A word of the console: its argument and its result are one JSON value each.
    typealias Word = (Explorer, JSONValue) throws -> JSONValue

    /// The VM holds the closure, and this holds the VM: unowned breaks the circle.
    private func register(_ name: String, _ word: @escaping Word) {
        console.vm.register(name) { [unowned self] arguments, results in
            let argument = try arguments.json().map { try JSONValue(parsing: $0) } ?? .null
            do {
                let result = try word(self, argument)
                if result.isNull { results.null() } else { results.json(try result.bytes()) }
            } catch {
                thrown = error
                throw Self.hinted(error)
            }
        }
    }

    /// An error with what can be done about it, since a line shows nothing but its text.
    private static func hinted(_ error: any Error) -> any Error {
        let hint: String
        switch error {
        case let error as RuntimeError: hint = error.hint
        case let error as EventLogError: hint = error.hint
        default: return error
        }
        let text = String(describing: error)
        return text.contains(hint) ? error : ExplorerError("\(text)\n  hint: \(hint)")
    }
}

// Where and when the session is.
extension Explorer {
    /// Where the session stands: the newest position that it sees.
    public var position: Position { view.lastPosition }

    /// Whether `at` has moved it.
    public var isPinned: Bool { pinned != nil }

    /// How many events were tried and not committed.
    public var triedEvents: Int { pending.reduce(0) { $0 + $1.events.count } }

    /// Catches up with the log, unless something holds the session where it is.
    ///
    /// - Throws: what asking the host throws.
    public func refresh() throws {
        guard pinned == nil, pending.isEmpty else { return }
        try services.refresh()
        view.follow(to: base.lastPosition)
        isStale = false
    }

    /// The log as the line sees it: caught up when the line first asks.
    func log() throws -> OverlayLog {
        if isStale { try refresh() }
        isStale = false
        return view
    }

    /// Moves the session.
    func move(to position: Position?) throws {
        if position == nil { try services.refresh() }
        pinned = position
        place()
    }

    /// Begins anew where the session is pinned, or at the end of the log as it is known: what was tried is
    /// dropped, whether a host answers or not.
    func place() {
        let end = pinned ?? base.lastPosition
        if !view.own.isEmpty || end < pastRows?.position ?? 0 { pastRows = nil }
        view.reset(to: end)
        // Steps begin on fresh states; rows go on from where they are, if they can.
        appSteps = nil
    }

    /// The scripts that steps run by.
    func scripts() throws -> ScriptSet {
        if let own = services.scripts { return try own() }
        let archive = ScriptArchive(log: base)
        guard let live = try archive.live(at: pinned ?? .max) else {
            throw ExplorerError("no scripts were live in this log: name a folder of some with --app")
        }
        if let steps = appSteps, steps.scripts.hash == live.hash { return steps.scripts }
        return try archive.scripts(of: live)
    }

    /// The app, loaded; anew when its scripts have changed.
    func steps() throws -> AppSteps {
        _ = try log()
        let scripts = try scripts()
        if let appSteps, appSteps.scripts.hash == scripts.hash { return appSteps }
        let loaded = try AppSteps(
            scripts,
            log: view,
            interruption: interruption,
            logger: console.words.logger
        )
        for module in scripts.modules {
            console.vm.addModule(module.name, source: module.text, file: module.file)
        }
        appSteps = loaded
        return loaded
    }

    /// The rows as of where the session stands, by the scripts of there.
    func rows() throws -> PastRows {
        _ = try log()
        let scripts = try scripts()
        if let pastRows, pastRows.scripts.hash == scripts.hash { return pastRows }
        let loaded = try PastRows(
            scripts,
            of: view,
            over: base,
            interruption: interruption,
            logger: console.words.logger
        )
        pastRows = loaded
        return loaded
    }

    /// Loads the app anew, whatever it is.
    func reload() throws -> AppSteps {
        appSteps = nil
        return try steps()
    }
}
