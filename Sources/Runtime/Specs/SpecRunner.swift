import EventLog
import Logging
import Lua

/// Runs specs against an app in the VM that the product runs it in.
///
/// Each spec runs twice, each time in a session of its own, under two hash seeds: nothing passes from one
/// spec to another, and what depends on the order inside a table shows as a difference. If it holds, it runs
/// a third time with each of its steps delivered twice, as a crash can do, and must hold then too; see
/// `Testing.md`. Nothing is durable, and no thread is started: a caller that wants several at once runs
/// several runners.
public struct SpecRunner: Sendable {
    /// The specs in the order in which they are declared.
    public let specs: [Spec]

    private let scripts: ScriptSet
    private let files: [SpecFile]
    private let fixtures: SpecFixtures
    private let logger: Logger

    /// Seeds of the two runs: any two will do, as long as they differ.
    private static let seeds: [UInt32] = [1, 0x9E37_79B9]

    /// Loads the app with its specs once, to learn what they are.
    ///
    /// Without `files` and `fixtures` they are those of the app. What its scripts print goes to the logger.
    ///
    /// - Throws: `RuntimeError.script` for an error in a file, `.invalidApp` for a wrong declaration.
    public init(
        scripts: ScriptSet,
        files: [SpecFile]? = nil,
        fixtures: SpecFixtures? = nil,
        logger: Logger
    ) throws(RuntimeError) {
        self.scripts = scripts
        self.files = files ?? scripts.specs
        self.fixtures = fixtures ?? scripts.fixtures
        self.logger = logger
        guard !self.files.isEmpty else {
            specs = []
            return
        }
        let log = Self.emptyLog(seed: Self.seeds[0])
        let session = try ScriptSession(scripts: scripts, log: log, logger: logger, specs: self.files)
        do {
            var results = try session.call("list_specs", context: "the list of specs") { _ in }
            specs =
                try JSONValue(parsing: results.json() ?? []).array?.enumerated().map { index, body in
                    Spec(
                        name: body["name"]?.string ?? "",
                        file: body["file"]?.string ?? "",
                        line: Int(body["line"]?.integer ?? 0),
                        once: body["once"]?.string,
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
        let (first, second) = (attempt(spec, seed: Self.seeds[0]), attempt(spec, seed: Self.seeds[1]))
        var failure = first.failure ?? second.failure ?? .difference(first.records, second.records, spec)
        if failure == nil, spec.once == nil, first.hasSteps {
            let doubled = attempt(spec, seed: Self.seeds[0], twice: true)
            failure = doubled.failure.map { .notIdempotent($0, doubled.second, spec) }
        }
        return SpecResult(spec: spec, failure: failure)
    }

    /// What one run came to.
    private struct Run {
        /// All that the steps of the spec asked for, in their bytes.
        var records: LuaRecords?
        /// Whether any step ran, or a projection: without one there is nothing to deliver twice.
        var hasSteps = false
        var failure: ScriptFailure?
        /// What second deliveries asked for.
        var second: [String] = []
    }

    private func attempt(_ spec: Spec, seed: UInt32, twice: Bool = false) -> Run {
        let context = "spec \(spec.name)" + (twice ? ", each step delivered twice" : "")
        // Nothing is ever written to the log: a spec's history is in its VM.
        let log = Self.emptyLog(seed: seed)
        let models = SpecReadModels(scripts, identity: log.identity, twice: twice, logger: logger)
        defer { models.close() }
        let session: ScriptSession
        do {
            session = try ScriptSession(scripts: scripts, log: log, logger: logger, specs: files)
        } catch {
            return Run(failure: .loading(error, for: spec))
        }
        SpecWords(fixtures: fixtures, models: models).register(in: session)
        session.words.context = context
        do {
            var results = try session.call("run_spec", context: context) { arguments in
                arguments.integer(Int64(spec.index))
                arguments.bool(twice)
            }
            let hasSteps = results.next() == .bool(true) || models.isUsed
            return Run(records: session.vm.takeRecords(), hasSteps: hasSteps)
        } catch {
            guard case .failed(let failure) = error else {
                preconditionFailure("nobody waits for what a spec decides: \(error)")
            }
            let told = models.failure.map { $0.inside(context) } ?? failure
            return Run(failure: told, second: twice ? Self.secondDeliveries(session) : [])
        }
    }

    /// What the second deliveries of a spec asked for that didn't hold; a VM that broke down can't say.
    private static func secondDeliveries(_ session: ScriptSession) -> [String] {
        // The spec's own failure is the one to tell, and not what comes on top of it.
        guard var results = try? session.call("second_deliveries", context: "second deliveries", { _ in }),
            // What the prelude gives is JSON.
            let list = try? JSONValue(parsing: results.json() ?? [])
        else { return [] }
        return list.array?.compactMap(\.string) ?? []
    }

    private static func emptyLog(seed: UInt32) -> MemoryLog {
        MemoryLog(identity: LogIdentity(id: EventID(high: 0, low: 0), scriptSeed: seed))
    }
}
