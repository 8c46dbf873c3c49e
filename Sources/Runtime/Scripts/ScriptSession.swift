import EventLog
import Logging
import Lua
import ReadModels
import Stdlib

/// One VM with the prelude and an app in it: pure steps.
///
/// It does no I/O but the reads that a step asks for.
///
/// Owned by one `ScriptWorker`, and used on its thread alone. Every method leaves the VM usable, also when it
/// throws.
final class ScriptSession {
    let vm: LuaVM
    let definitions: Definitions
    let scripts: ScriptSet
    let words: HostWords
    let envelope: EventEnvelope
    /// By processor: the members of an event's data that it declares, when it does.
    let fields: [String: LuaShape]
    /// The same of handlers by their places, and what runs their steps: looked up once, not for each event.
    let handlerFields: [LuaShape?]
    let handle: LuaFunction

    private let functions: [String: LuaFunction]
    private var arguments = PackedWriter()

    /// Loads the prelude, then the app; with specs, their words and files behind it.
    ///
    /// - Throws: `RuntimeError.script` for an error in a script, `.invalidApp` for a wrong declaration.
    init(
        scripts: ScriptSet,
        log: any EventLog,
        logger: Logger,
        snapshots: SnapshotStore? = nil,
        specs: [SpecFile] = [],
        replay: ReplayMode? = nil,
        console: ConsoleMode? = nil
    ) throws(RuntimeError) {
        self.scripts = scripts
        words = HostWords(log: log, logger: logger, snapshots: snapshots)
        do {
            let limits = console == nil ? Self.limits(replay) : ConsoleMode.limits
            vm = try LuaVM(seed: log.identity.scriptSeed, limits: limits)
            envelope = EventEnvelope(vm: vm)
            words.register(in: vm, envelope)
            var functions: [String: LuaFunction] = [:]
            let more = (specs.isEmpty ? [] : StandardLibrary.specWords) + (replay?.words ?? [])
            for source in StandardLibrary.prelude + more + (console?.words ?? []) {
                functions.merge(try vm.loadPrivileged(CompiledLibrary.chunk(of: source))) { _, new in new }
            }
            Self.addModules(of: scripts, to: vm)
            try vm.run(scripts.files[ScriptSet.entry] ?? [], file: ScriptSet.entry)
            for spec in specs { try vm.run(spec.text, file: spec.name) }
            self.functions = functions
            var results = try vm.call(Self.required("definitions", of: functions), arguments)
            if console == nil { vm.lockGlobals() }
            definitions = try Definitions(Self.parse(results.json() ?? []), of: scripts)
            words.schemas = definitions.schemas
            words.allowed = definitions.allowed
            words.folds = definitions.folds
            fields = Self.declareFields(of: definitions, in: vm)
            handlerFields = definitions.handlers.map { [fields] in fields[$0.name] }
            handle = Self.required("handle", of: functions)
        } catch let error as LuaError {
            throw .script(ScriptFailure(error, context: "loading the app \(scripts.name)"))
        } catch let error as RuntimeError {
            throw error
        } catch {
            preconditionFailure("loading throws LuaError and RuntimeError only, not \(error)")
        }
    }

    /// The library first: the app's own module of a name takes the place of the library's.
    private static func addModules(of scripts: ScriptSet, to vm: LuaVM) {
        for (name, source) in StandardLibrary.modules {
            vm.addModule(name, source: source.text, file: source.file, library: true)
        }
        for module in scripts.modules {
            vm.addModule(module.name, source: module.text, file: module.file)
        }
    }

    private static func limits(_ replay: ReplayMode?) -> LuaLimits {
        var limits = LuaLimits(
            instructions: RuntimeLimits.stepInstructionsMax,
            memoryBytes: RuntimeLimits.scriptMemoryBytes,
            outputBytes: RuntimeLimits.stepBytesMax,
            milliseconds: RuntimeLimits.stepMillisecondsMax
        )
        if replay != nil { limits.countedInstructions = ReplayMode.countedInstructions }
        return limits
    }

    /// Calls a function of the prelude; its records are left in the VM.
    @discardableResult
    func call(
        _ name: String,
        context: @autoclosure () -> String,
        _ pack: (inout PackedWriter) -> Void
    ) throws(StepStop) -> PackedReader {
        try call(Self.required(name, of: functions), context: context(), pack)
    }

    /// The same, of a function that was looked up before.
    @discardableResult
    func call(
        _ function: LuaFunction,
        context: @autoclosure () -> String,
        _ pack: (inout PackedWriter) -> Void
    ) throws(StepStop) -> PackedReader {
        arguments.removeAll()
        pack(&arguments)
        do {
            return try vm.call(function, arguments)
        } catch {
            if error.code == HostWords.callsOutCode, let call = words.calls.pending { throw .callsOut(call) }
            throw StepStop(error, context: context())
        }
    }

    /// Calls what a console's lines are evaluated by; its errors are for the person who wrote them.
    func evaluate(_ pack: (inout PackedWriter) -> Void) throws(LuaError) -> PackedReader {
        arguments.removeAll()
        pack(&arguments)
        return try vm.call(Self.required("evaluate", of: functions), arguments)
    }

    /// What the last step recorded, as effects.
    func takeEffects(_ origin: StepOrigin, context: @autoclosure () -> String) throws(StepStop) -> Effects {
        do {
            return try EffectsReader(origin: origin).effects(of: vm.takeRecords())
        } catch {
            throw .failed(ScriptFailure(recorded: error, context: context()))
        }
    }

    /// What is left of a step that ended itself: what it saw, and its reason when it is to be recorded.
    func takeAborted(
        _ origin: StepOrigin,
        _ step: Step,
        context: @autoclosure () -> String
    ) throws(StepStop) -> Effects {
        guard let aborted = words.aborted else {
            preconditionFailure("a step that ended itself has said so")
        }
        words.aborted = nil
        do {
            return try EffectsReader(origin: origin).effects(of: aborted, step)
        } catch {
            throw .failed(ScriptFailure(recorded: error, context: context()))
        }
    }

    /// What a failed step recorded is dropped.
    func discardEffects() {
        _ = vm.takeRecords()
    }

    private static func declareFields(of definitions: Definitions, in vm: LuaVM) -> [String: LuaShape] {
        var shapes: [String: LuaShape] = [:]
        let declared =
            definitions.handlers.map { ($0.name, $0.fields) }
            + definitions.projections.map { ($0.name, $0.fields) }
        for case (let name, let fields?) in declared {
            shapes[name] = vm.declareShape(
                complaint: "the fields of \(name.debugDescription) have no",
                ready: fields
            )
        }
        return shapes
    }

    private static func required(_ name: String, of functions: [String: LuaFunction]) -> LuaFunction {
        guard let function = functions[name] else {
            preconditionFailure("the prelude doesn't have the function \(name)")
        }
        return function
    }

    private static func parse(_ json: ArraySlice<UInt8>) throws(RuntimeError) -> JSONValue {
        do { return try JSONValue(parsing: json) } catch {
            throw .invalidApp("the definitions can't be read: \(error)")
        }
    }
}

/// What a step has to wait for, because a frame that isn't settled changes it.
enum Unsettled: Sendable {
    /// The newest state of a stream.
    case stream(String)

    /// Events that it read.
    case read(AppendCondition)
}

/// Why a step didn't come to its end.
enum StepStop: Error {
    /// The script failed, or asked for something impossible.
    case failed(ScriptFailure)

    /// It needs what is in a frame that isn't settled yet; try again when it is.
    case inFlight(Unsettled)

    /// A script ended its handler's step with `abort`.
    case aborted

    /// It needs the answer to a call; run it again when there is one.
    case callsOut(PendingCall)

    /// A query needs a read model that hasn't reached the position the caller asked for.
    case behind(projection: String)

    /// A query needs a table or a column of rows that are still being built.
    case building(projection: String)

    /// Another version of the scripts decides since; the step is to be begun anew, by that.
    case superseded

    init(_ error: LuaError, context: String) {
        switch error.code {
        case Self.inFlightCode: self = .inFlight(.stream(error.message))
        case Self.abortedCode: self = .aborted
        case Self.behindCode: self = .behind(projection: error.message)
        case Self.buildingCode: self = .building(projection: error.message)
        default: self = .failed(ScriptFailure(error, context: context))
        }
    }

    static let abortedCode = "step-aborted"
    static let inFlightCode = "stream-in-flight"
    static let behindCode = "read-model-behind"
    static let buildingCode = "read-model-building"
}
