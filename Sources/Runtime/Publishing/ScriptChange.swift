/// What one version of the scripts declares otherwise than another.
struct ScriptChange: Sendable {
    /// A line each, sorted: `handler reserve-stock`, `+ query totals`, `- projection balances`.
    let lines: [String]

    /// Handlers whose lanes take other events, or whose marks move at another moment: they begin anew.
    let reshapedHandlers: Set<String>

    /// Handlers that are gone.
    let goneHandlers: [String]

    /// Aggregates that are gone.
    let goneAggregates: [String]

    /// Aggregates that weren't there.
    let newAggregates: [String]

    /// Commands that are gone, with those of gone aggregates: `order.place`.
    let goneCommands: Set<String>

    init(from old: Definitions, to new: Definitions) {
        let names = Set(old.codes.keys).union(new.codes.keys).sorted()
        lines = names.compactMap { name in
            switch (old.codes[name], new.codes[name]) {
            case (nil, _): "+ \(name)"
            case (_, nil): "- \(name)"
            case (let before?, let after?): before == after && !after.isEmpty ? nil : name
            }
        }
        let handlers = Dictionary(uniqueKeysWithValues: new.handlers.map { ($0.name, $0) })
        reshapedHandlers = Set(
            old.handlers.filter { before in
                guard let after = handlers[before.name] else { return false }
                return before.routes != after.routes || before.tags != after.tags
                    || before.delivery != after.delivery
            }.map(\.name)
        )
        goneHandlers = old.handlers.map(\.name).filter { handlers[$0] == nil }
        goneAggregates = old.aggregates.keys.filter { new.aggregates[$0] == nil }.sorted()
        newAggregates = new.aggregates.keys.filter { old.aggregates[$0] == nil }.sorted()
        goneCommands = old.commands.subtracting(new.commands)
    }
}

extension Definitions {
    /// All commands of all aggregates: `order.place`.
    fileprivate var commands: Set<String> {
        Set(aggregates.flatMap { aggregate, commands in commands.map { "\(aggregate).\($0)" } })
    }
}
