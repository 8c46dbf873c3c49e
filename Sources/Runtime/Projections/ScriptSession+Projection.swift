import EventLog
import Lua
import ReadModels

/// Why a projection's transaction was rolled back.
enum ProjectionFailure: Error {
    /// The step of this event failed.
    case event(index: Int, ScriptFailure)
    /// SQLite, or another host on the same file, refused.
    case readModel(ReadModelError)
}

extension ScriptSession {
    /// Applies events to a read model in one transaction; on any error nothing has changed.
    func apply(
        _ events: [RecordedEvent],
        with definition: ProjectionDefinition,
        to model: ReadModel,
        upTo position: Position
    ) throws(ProjectionFailure) {
        defer { words.database = .none }
        words.context = definition.name
        do {
            try model.apply(from: model.checkpoint, to: position) { writer in
                words.database = .writer(writer)
                for (index, event) in events.enumerated() {
                    do throws(ScriptFailure) {
                        try project(event, with: definition)
                    } catch {
                        throw ProjectionFailure.event(index: index, error)
                    }
                }
            }
        } catch let failure as ProjectionFailure {
            throw failure
        } catch let error as ReadModelError {
            throw .readModel(error)
        } catch {
            preconditionFailure("a read model throws ReadModelError only, not \(error)")
        }
    }

    /// Brings the rows of an older generation over to a new one; on any error nothing has changed.
    func migrate(
        _ older: ReadModel,
        to model: ReadModel,
        with definition: ProjectionDefinition
    ) throws(ProjectionFailure) {
        defer { words.database = .none }
        let context = "projection \(definition.name), migrating its rows"
        words.context = definition.name
        do {
            try model.migrate(from: older) { writer in
                words.database = .writer(writer)
                do throws(StepStop) {
                    try call("migrate", context: context) { arguments in
                        arguments.integer(Int64(definition.index))
                        arguments.string(older.version)
                        arguments.integer(Int64(clamping: older.checkpoint))
                    }
                } catch {
                    guard case .failed(let failure) = error else {
                        preconditionFailure("a migration decides nothing and queries no other")
                    }
                    throw ProjectionFailure.event(index: 0, failure)
                }
            }
        } catch let failure as ProjectionFailure {
            throw failure
        } catch let error as ReadModelError {
            throw .readModel(error)
        } catch {
            preconditionFailure("a read model throws ReadModelError only, not \(error)")
        }
    }

    private static func context(of event: RecordedEvent, _ definition: ProjectionDefinition) -> String {
        "projection \(definition.name) on \(event.type), position \(event.position) of \(event.stream)"
    }

    private func project(_ event: RecordedEvent, with definition: ProjectionDefinition) throws(ScriptFailure)
    {
        var hash = StableHash()
        hash.add(definition.name.utf8)
        hash.add(event.position)
        let seed = hash.value
        let old = definitions.schemas.oldVersion(of: event)
        do {
            try call("project", context: Self.context(of: event, definition)) { arguments in
                arguments.integer(Int64(definition.index))
                envelope.write(event, fields: old == nil ? fields[definition.name] : nil, to: &arguments)
                arguments.integer(event.time / 1_000)
                arguments.integer(Int64(bitPattern: seed))
                arguments.integer(Int64(bitPattern: ~seed))
                if let old { write(oldVersion: old, for: definition.name, to: &arguments) }
            }
        } catch {
            guard case .failed(let failure) = error else {
                preconditionFailure("a projection decides nothing and queries no other")
            }
            throw failure
        }
    }
}
