import Dispatch
import EventLog
import Foundation
import Logging
import Synchronization
import TestSupport

@testable import Runtime

/// A prompt over a log in memory with the counter in it: lines in, texts out.
final class ExplorerBench {
    let log: MemoryLog
    /// The same as the prompt has it, which remembers what was read.
    let seen: InterceptedLog
    let explorer: Explorer
    /// The app, which a test may edit.
    let folder: Folder

    final class Folder {
        var app: AppFixture
        /// What was shown, and what was sent to be written.
        var shown: [JSONValue] = []
        var sent: [PendingStep.Request] = []
        /// What comes live, once something asks, and what it asked.
        var live: [JSONValue] = []
        var followed: JSONValue = .null
        var keys: [String] = []
        var answer = SentStep.accepted([])
        /// What the next steps come to, before that answer; nil: nobody hears of it.
        var answers: [SentStep?] = []
        /// Whether nobody tells how far the log is.
        var isAway = false
        init(_ app: AppFixture) { self.app = app }

        func outcome() throws -> SentStep {
            guard !answers.isEmpty else { return answer }
            guard let next = answers.removeFirst() else { throw ExplorerError("the host is away") }
            return next
        }
    }

    init(
        _ app: AppFixture = Apps.counter,
        events: [String] = [],
        isWriting: Bool = false,
        hasHost: Bool = true
    ) async throws {
        log = MemoryLog()
        for event in events { _ = try await log.commit(NewFrame(events: [try EventText.event(event)])) }
        seen = InterceptedLog(over: log)
        let folder = Folder(app)
        self.folder = folder
        var services = ExplorerServices()
        services.scripts = { () throws(RuntimeError) in try folder.app.scripts() }
        services.refresh = { if folder.isAway { throw ExplorerError("the host is away") } }
        services.clock = { 1_800_000_000_000_000 }
        services.send = { request, key in
            folder.sent.append(request)
            folder.keys.append(key)
            return try folder.outcome()
        }
        services.sendTogether = { requests, key in
            folder.sent += requests
            folder.keys.append(key)
            return try folder.outcome()
        }
        if hasHost { services.query = { $0 } }
        services.words = [
            "repl_show": { shown in
                folder.shown.append(shown)
                return .null
            },
            "repl_follow": { asked in
                folder.followed = asked
                return .null
            },
        ]
        services.waitingWords = [
            "repl_next": { _ in folder.live.isEmpty ? .null : folder.live.removeFirst() },
            "repl_pause": { _ in true },
        ]
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        explorer = try Explorer(seen, services: services, logger: logger, isWriting: isWriting)
        explorer.prepare()
    }

    /// The values of a line, JSON as canonical text.
    func values(_ line: String) throws -> [String] {
        try explorer.evaluate(line).values.map { value in
            switch value {
            case .json(let value): try value.text()
            case .text(let text): "text: " + text
            }
        }
    }

    /// The first value of a line.
    func value(_ line: String) throws -> String? { try values(line).first }

    /// What a line says that another thread interrupts.
    ///
    /// A thread of its own: the line holds up the one that it runs on, and those of the pool are few.
    func interrupted(_ line: String) -> String? {
        let interrupt = explorer.interrupt
        let flag = Flag()
        Thread.detachNewThread {
            // Raised again and again, since the line begins by clearing it.
            while !flag.isOver.load(ordering: .acquiring) { interrupt() }
            flag.ended.signal()
        }
        defer {
            flag.isOver.store(true, ordering: .releasing)
            // Else its last call could hit the next line.
            flag.ended.wait()
        }
        return failure(line)
    }

    private final class Flag: Sendable {
        let isOver = Atomic(false)
        let ended = DispatchSemaphore(value: 0)
    }

    /// What a line that fails says; nil when it doesn't.
    func failure(_ line: String) -> String? {
        do {
            _ = try explorer.evaluate(line)
            return nil
        } catch {
            switch error {
            case .failed(let failure, _): return failure.text
            case .incomplete: return "incomplete"
            case .interrupted: return "interrupted"
            }
        }
    }
}
