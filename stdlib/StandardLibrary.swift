/// The Lua that ships inside the binary.
public enum StandardLibrary {
    /// A Lua file: its name in errors, and its text.
    public struct Source: Sendable {
        /// How tracebacks name it.
        public let file: String

        /// The text, UTF-8.
        public let text: [UInt8]
    }

    /// The words of a script (`aggregate`, `handler`, `emit` …), in the order in which they are loaded.
    ///
    /// They run with the host's privileges; nothing else does.
    public static let prelude: [Source] = [
        Source(file: "prelude/definitions.lua", text: PackageResources.definitions_lua),
        Source(file: "prelude/step.lua", text: PackageResources.step_lua),
        Source(file: "prelude/contracts.lua", text: PackageResources.contracts_lua),
        Source(file: "prelude/states.lua", text: PackageResources.states_lua),
        Source(file: "prelude/aggregates.lua", text: PackageResources.aggregates_lua),
        Source(file: "prelude/reading.lua", text: PackageResources.reading_lua),
        Source(file: "prelude/processing.lua", text: PackageResources.processing_lua),
        Source(file: "prelude/timing.lua", text: PackageResources.timing_lua),
        Source(file: "prelude/routing.lua", text: PackageResources.routing_lua),
        Source(file: "prelude/http.lua", text: PackageResources.http_lua),
        // The last, since it looks at the words of all others.
        Source(file: "prelude/fingerprint.lua", text: PackageResources.fingerprint_lua),
    ]

    /// The words of specs (`spec`, `given`, `when`, `expect`), loaded behind the prelude where specs are run.
    public static let specWords: [Source] = [
        Source(file: "prelude/spec_events.lua", text: PackageResources.spec_events_lua),
        Source(file: "prelude/spec_steps.lua", text: PackageResources.spec_steps_lua),
        Source(file: "prelude/spec_flow.lua", text: PackageResources.spec_flow_lua),
        Source(file: "prelude/specs.lua", text: PackageResources.specs_lua),
        Source(file: "prelude/expectations.lua", text: PackageResources.expectations_lua),
        Source(file: "prelude/spec_rows.lua", text: PackageResources.spec_rows_lua),
        Source(file: "prelude/spec_fixtures.lua", text: PackageResources.spec_fixtures_lua),
        Source(file: "prelude/answers.lua", text: PackageResources.answers_lua),
    ]

    /// Keeps states cheap where steps are run again, loaded behind the prelude there.
    public static let replay = Source(file: "prelude/replay.lua", text: PackageResources.replay_lua)

    /// Notes the place of what a step asks for, loaded behind that where one is looked into.
    public static let trace = Source(file: "prelude/trace.lua", text: PackageResources.trace_lua)

    /// The words of a prompt, loaded behind the prelude there: `repl.lua` first.
    public static let consoleWords: [Source] = [
        Source(file: "prelude/repl.lua", text: PackageResources.repl_lua),
        Source(file: "prelude/repl_log.lua", text: PackageResources.repl_log_lua),
        Source(file: "prelude/repl_writing.lua", text: PackageResources.repl_writing_lua),
        Source(file: "prelude/repl_trying.lua", text: PackageResources.repl_trying_lua),
        Source(file: "prelude/repl_live.lua", text: PackageResources.repl_live_lua),
    ]

    /// What a script can `require` beside its own files, by name.
    ///
    /// They run as any script does, without privileges, and are compiled when they are first required.
    public static let modules: [(name: String, source: Source)] = [
        ("json", Source(file: "library/json.lua", text: PackageResources.json_lua)),
        ("list", Source(file: "library/list.lua", text: PackageResources.list_lua)),
        ("money", Source(file: "library/money.lua", text: PackageResources.money_lua)),
        ("retry", Source(file: "library/retry.lua", text: PackageResources.retry_lua)),
        ("text", Source(file: "library/text.lua", text: PackageResources.text_lua)),
        ("time", Source(file: "library/time.lua", text: PackageResources.time_lua)),
        ("validate", Source(file: "library/validate.lua", text: PackageResources.validate_lua)),
    ]

    /// The files of a small app with its specs, for who begins one.
    public static let template: [Source] = [
        Source(file: "app.lua", text: PackageResources.app_lua),
        Source(file: "app_spec.lua", text: PackageResources.app_spec_lua),
    ]
}
