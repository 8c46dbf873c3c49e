import ReadModels

/// What an app declared, as plain values: read once from the scripts, never changed.
struct Definitions: Sendable {
    /// Names of an aggregate's commands.
    var aggregates: [String: [String]] = [:]
    var handlers: [HandlerDefinition] = []
    var projections: [ProjectionDefinition] = []
    var queries: [String: QueryDefinition] = [:]
    /// Each is also a handler of its ticks, of the same name.
    var schedules: [ScheduleDefinition] = []
    var schemas = EventSchemas()
    /// Where steps may call.
    var allowed = AllowedOrigins()
    /// What looks like a slip and may be meant, a sentence each.
    var doubts: [String] = []
    /// What states are folded with.
    var folds: FoldCodes
    /// Of each definition, by its kind and name (`handler reserve-stock`), a number that an edit of its code
    /// changes; "" where that can't be told.
    var codes: [String: String] = [:]
}

/// A declared handler.
struct HandlerDefinition: Sendable {
    let name: String
    /// Its name as a number, for the trace of running steps.
    let hash: UInt64
    /// Its number in the prelude's list: how the host calls it.
    let index: Int
    let routes: [EventPattern]
    /// Labels that its events have, all of them.
    let tags: [String]
    /// The members of an event's data that it reads; nil for all.
    let fields: [String]?
    let retry: RetryPolicy
    /// When the mark of a step commits.
    let delivery: Delivery
    /// Where its first start begins.
    let from: StartPoint
    /// Whether the whole processor stops when an event fails for good, instead of parking it.
    let stopsOnFailure: Bool
}

/// A declared projection.
struct ProjectionDefinition: Sendable {
    let name: String
    let index: Int
    let routes: [EventPattern]
    /// The members of an event's data that it reads; nil for all.
    let fields: [String]?
    let retry: RetryPolicy
    let readModel: ReadModelDeclaration
    /// Whether it brings rows over itself that were made by another version.
    let migrates: Bool
}

/// A declared query.
struct QueryDefinition: Sendable {
    let parameters: [String: ParameterKind]
}

extension Definitions {
    /// Reads what the prelude's `definitions()` returned.
    ///
    /// A read model's version is the fingerprint of its projection's code, or the hash of all scripts where
    /// what that code reaches can't be told.
    ///
    /// - Throws: `RuntimeError.invalidApp` for what the prelude can't check.
    init(_ json: JSONValue, of scripts: ScriptSet) throws(RuntimeError) {
        let declared = json["aggregates"]?.object ?? [:]
        folds = FoldCodes(declared.compactMapValues { $0["fold"]?.string }, of: scripts)
        for (name, body) in declared {
            aggregates[name] = (body["commands"]?.array ?? []).compactMap(\.string)
        }
        for (index, body) in (json["handlers"]?.array ?? []).enumerated() {
            let name = body["name"]?.string ?? ""
            // The prelude has checked it.
            let delivery = Delivery(rawValue: body["delivery"]?.string ?? "") ?? .exactlyOnce
            let retry = try RetryPolicy(body["retry"] ?? .null, of: "handler \(name)")
            handlers.append(
                HandlerDefinition(
                    name: name,
                    hash: StableHash.of(name.utf8),
                    index: index + 1,
                    routes: Self.routes(body),
                    tags: body["tags"]?.array?.compactMap(\.string) ?? [],
                    fields: body["fields"]?.array?.compactMap(\.string),
                    retry: delivery == .atMostOnce ? .once : retry,
                    delivery: delivery,
                    from: try StartPoint(body["from"] ?? .null, of: "handler \(name)"),
                    stopsOnFailure: body["on_failure"]?.string == "stop"
                )
            )
        }
        schemas = EventSchemas(json["contracts"]?.array ?? [])
        if let complaint = json["allow"]?.string { throw .invalidApp(complaint) }
        allowed = try AllowedOrigins(json["allow"]?.array ?? [])
        codes = (json["codes"]?.object ?? [:]).compactMapValues(\.string)
        doubts = (json["doubts"]?.array ?? []).compactMap(\.string)
        for (index, body) in (json["projections"]?.array ?? []).enumerated() {
            projections.append(try Self.projection(body, index: index + 1, of: scripts))
        }
        schedules = try (json["schedules"]?.array ?? []).map(ScheduleDefinition.init)
        for (name, body) in json["queries"]?.object ?? [:] {
            queries[name] = try QueryDefinition(name: name, body["params"]?.object ?? [:])
        }
    }

    private static func routes(_ body: JSONValue) -> [EventPattern] {
        (body["on"]?.array ?? []).compactMap(\.string).map(EventPattern.init)
    }

    private static func projection(
        _ body: JSONValue,
        index: Int,
        of scripts: ScriptSet
    ) throws(RuntimeError) -> ProjectionDefinition {
        let name = body["name"]?.string ?? ""
        var tables: [ReadModelDeclaration.Table] = []
        for (table, columns) in (body["tables"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            // The prelude has checked that they are texts.
            tables.append(ReadModelDeclaration.Table(name: table, columns: columns.string ?? ""))
        }
        let code = scripts.namesEnvironment ? nil : body["code"]?.string
        return ProjectionDefinition(
            name: name,
            index: index,
            routes: routes(body),
            fields: body["fields"]?.array?.compactMap(\.string),
            retry: try RetryPolicy(body["retry"] ?? .null, of: "projection \(name)"),
            readModel: ReadModelDeclaration(
                name: name,
                tables: tables,
                version: code.map { "code \($0)" } ?? "scripts \(scripts.hash)",
                keepsRows: body["keeps"]?.bool == true
            ),
            migrates: body["migrates"]?.bool == true
        )
    }
}
