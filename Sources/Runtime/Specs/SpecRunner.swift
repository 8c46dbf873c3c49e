import EventLog
import Logging
import Lua

/// Runs specs against an app in the VM that the product runs it in.
///
/// Each spec runs twice, each time in a session of its own, under two hash seeds: nothing passes from one
/// spec to another, and what depends on the order inside a table shows as a difference. Nothing is durable,
/// and no thread is started: a caller that wants several at once runs several runners.
public struct SpecRunner: Sendable {
    /// The specs in the order in which they are declared.
    public let specs: [Spec]

    private let scripts: ScriptSet
    private let files: [SpecFile]
    private let logger: Logger

    /// Seeds of the two runs: any two will do, as long as they differ.
    private static let seeds: [UInt32] = [1, 0x9E37_79B9]

    /// Loads the app with its specs once, to learn what they are.
    ///
    /// Without `files` the specs are those of the app. What its scripts print goes to the logger.
    ///
    /// - Throws: `RuntimeError.script` for an error in a file, `.invalidApp` for a wrong declaration.
    public init(
        scripts: ScriptSet,
        files: [SpecFile]? = nil,
        logger: Logger
    ) throws(RuntimeError) {
        self.scripts = scripts
        self.files = files ?? scripts.specs
        self.logger = logger
        guard !self.files.isEmpty else {
            specs = []
            return
        }
        let session = try Self.session(scripts, self.files, seed: Self.seeds[0], logger)
        do {
            var results = try session.call("list_specs", context: "the list of specs") { _ in }
            specs =
                try JSONValue(parsing: results.json() ?? []).array?.enumerated().map { index, body in
                    Spec(
                        name: body["name"]?.string ?? "",
                        file: body["file"]?.string ?? "",
                        line: Int(body["line"]?.integer ?? 0),
                        index: index + 1
                    )
                } ?? []
        } catch {
            throw .invalidApp("the specs of \(scripts.name) can't be listed: \(error)")
        }
    }

    /// Runs every spec, one after another.
    public func run() -> [SpecResult] {
        specs.map(run)
    }

    /// Runs one spec of this runner.
    public func run(_ spec: Spec) -> SpecResult {
        let runs = Self.seeds.map { once(spec, seed: $0) }
        let failure = runs[0].failure ?? runs[1].failure ?? Self.difference(runs[0], runs[1], of: spec)
        return SpecResult(spec: spec, failure: failure)
    }

    /// What one run came to.
    struct Run {
        /// All that the steps of the spec asked for, in their bytes.
        var records: LuaRecords?
        var failure: ScriptFailure?
    }

    /// The failure of a spec that holds under each seed, but did two different things; nil when it didn't.
    static func difference(_ first: Run, _ second: Run, of spec: Spec) -> ScriptFailure? {
        guard first.records != second.records else { return nil }
        let summary = "the same spec did two different things under two hash seeds"
        let hint =
            "a rule depends on something outside its event and its state: an order, a global, an identity"
        return ScriptFailure(
            code: "spec-not-deterministic",
            summary: summary,
            file: spec.file,
            line: spec.line,
            context: "spec \(spec.name)",
            hint: hint,
            text: "\(spec.file):\(spec.line): \(summary)\n  in spec \(spec.name)\n  hint: \(hint)"
        )
    }

    private func once(_ spec: Spec, seed: UInt32) -> Run {
        let context = "spec \(spec.name)"
        do {
            let session = try Self.session(scripts, files, seed: seed, logger)
            session.words.context = context
            try session.call("run_spec", context: context) { $0.integer(Int64(spec.index)) }
            return Run(records: session.vm.takeRecords())
        } catch StepStop.failed(let failure) {
            return Run(failure: failure)
        } catch let error as RuntimeError {
            return Run(failure: Self.failure(loading: error, for: spec))
        } catch {
            preconditionFailure("a spec decides nothing that others wait for, and queries no other: \(error)")
        }
    }

    /// An app that loads under one seed may fail under the other, when it depends on what it must not.
    private static func failure(loading error: RuntimeError, for spec: Spec) -> ScriptFailure {
        if case .script(let failure) = error { return failure }
        return ScriptFailure(
            code: error.code,
            summary: error.description,
            file: spec.file,
            line: spec.line,
            context: "spec \(spec.name)",
            hint: error.hint,
            text: "\(error.description)\n  in spec \(spec.name)\n  hint: \(error.hint)"
        )
    }

    /// A session with the host functions that only specs have.
    private static func session(
        _ scripts: ScriptSet,
        _ files: [SpecFile],
        seed: UInt32,
        _ logger: Logger
    ) throws(RuntimeError) -> ScriptSession {
        // Nothing is ever written to the log: a spec's history is in its VM.
        let log = MemoryLog(identity: LogIdentity(id: EventID(high: 0, low: 0), scriptSeed: seed))
        let session = try ScriptSession(scripts: scripts, log: log, logger: logger, specs: files)
        registerWords(of: session)
        return session
    }

    /// What `stdlib/prelude/specs.lua` asks of the host.
    private static func registerWords(of session: ScriptSession) {
        let handlers = session.definitions.handlers
        let shapes = handlers.map { session.fields[$0.name] }
        let whole = session.envelope.whole
        session.vm.register("event_shape") { _, results in results.number(of: whole) }
        session.vm.register("fields_shape") { arguments, results in
            guard case .integer(let index)? = arguments.next(), let shape = shapes[Int(index) - 1] else {
                preconditionFailure("the prelude asks for the fields of a handler that declares none")
            }
            results.number(of: shape)
        }
        session.vm.register("handlers_of") { arguments, results in
            let category = arguments.text()
            let type = arguments.text()
            let tags = Set(try JSONValue(parsing: arguments.json() ?? []).array?.compactMap(\.string) ?? [])
            let wanted = handlers.filter { handler in
                tags.isSuperset(of: handler.tags)
                    && handler.routes.contains { $0.matches(category: category[...], type: type) }
            }
            results.beginList(wanted.count)
            for handler in wanted { results.integer(Int64(handler.index)) }
        }
        session.vm.register("check_event") { arguments, _ in
            let stream = try StreamName(arguments.name())
            let type = try arguments.name()
            let data = arguments.json() ?? []
            let tags = try JSONValue(parsing: arguments.json() ?? []).array ?? []
            let labels = tags.compactMap(\.string)
            guard labels.count == tags.count else {
                throw EventLogError.invalidName("tags", reason: "a tag must be a text")
            }
            try NewEvent(stream: stream, type: type, data: data, tags: labels).check()
        }
    }
}
