import EventLog
import Lua

/// What the prelude of specs asks of the host: registered once per session, used on its thread alone.
struct SpecWords {
    let fixtures: SpecFixtures
    let models: SpecReadModels

    func register(in session: ScriptSession) {
        registerEvents(in: session)
        registerTime(in: session)
        registerReadModels(in: session.vm)
    }

    /// For `spec_events.lua`, `spec_steps.lua` and `spec_fixtures.lua`.
    private func registerEvents(in session: ScriptSession) {
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
            try Self.event(&arguments).check()
        }
        session.vm.register("fixture") { [fixtures] arguments, results in
            results.string(bytes: try fixtures.text(of: arguments.text()))
        }
    }

    /// For `spec_flow.lua`: all times are milliseconds since 1970, and whole seconds for schedules.
    private func registerTime(in session: ScriptSession) {
        let schedules = session.definitions.schedules
        // schedule, time: its first tick behind it.
        session.vm.register("next_tick") { arguments, results in
            let rule = schedules[Self.integer(&arguments) - 1].rule
            results.integer(rule.next(after: Self.seconds(Self.integer(&arguments))) * 1_000)
        }
        // schedule, from, to, room: the ticks that a host makes up that was down in between, each with how
        // many it stands for; of a schedule that makes up all, as many as there is room for.
        let log = session.words.log
        session.vm.register("missed_ticks") { arguments, results in
            let definition = schedules[Self.integer(&arguments) - 1]
            var schedule = try Schedule(definition, log: log)
            schedule.move(to: Self.seconds(Self.integer(&arguments)))
            let now = Self.seconds(Self.integer(&arguments))
            let ticks = schedule.due(at: now, room: Self.integer(&arguments))
            results.beginList(ticks.count * 2)
            for tick in ticks {
                results.integer(tick.time * 1_000)
                results.integer(Int64(tick.missed))
            }
        }
        // RFC 3339: milliseconds, or nothing for what isn't a time.
        session.vm.register("time_of") { arguments, results in
            guard let time = TimeText.parse(arguments.text()) else { return results.null() }
            results.integer(time.dividedWithFloor(by: 1_000).quotient)
        }
    }

    /// For `spec_rows.lua`.
    private func registerReadModels(in vm: LuaVM) {
        vm.register("read_model_event") { [models] arguments, _ in
            var event = try Self.event(&arguments)
            event.meta = arguments.json() ?? []
            models.add(event, at: Int64(Self.integer(&arguments)))
        }
        vm.register("read_model_answer") { [models] arguments, results in
            let answer = try models.answer(arguments.text(), arguments.json() ?? [])
            if answer.elementsEqual("null".utf8) { results.null() } else { results.json(answer) }
        }
        vm.register("read_model_rows") { [models] arguments, results in
            SQLPacking.write(try models.rows(of: arguments.text()), to: &results)
        }
    }

    /// Stream, type, data, tags.
    private static func event(_ arguments: inout PackedReader) throws -> NewEvent {
        let stream = try StreamName(arguments.name())
        let type = try arguments.name()
        let data = arguments.json() ?? []
        let tags = try JSONValue(parsing: arguments.json() ?? []).array ?? []
        let labels = tags.compactMap(\.string)
        guard labels.count == tags.count else {
            throw EventLogError.invalidName("tags", reason: "a tag must be a text")
        }
        return NewEvent(stream: stream, type: type, data: data, tags: labels)
    }

    private static func integer(_ arguments: inout PackedReader) -> Int {
        guard case .integer(let number)? = arguments.next() else {
            preconditionFailure("the prelude passed something else where an integer belongs")
        }
        return Int(number)
    }

    private static func seconds(_ milliseconds: Int) -> Int64 {
        Int64(milliseconds).dividedWithFloor(by: 1_000).quotient
    }
}
