import EventLog
import Lua
import Runtime

/// A VM with the handler of the suites, and a batch of recorded events for it, as the host hands them over.
final class PipelineVM {
    private let vm: LuaVM
    private let handle: LuaFunction
    private let ignore: LuaFunction
    private let bare: LuaFunction
    private let envelope: EventEnvelope
    private let fields: LuaShape
    private let events: [RecordedEvent]
    private var arguments = PackedWriter()

    /// Events in a batch, as many as the host hands to a worker at once.
    private static let batch = 256

    private static let script = """
        local host = ...
        local record = host.record
        local function emit(stream, type, data) record(1, stream, type, data) end
        local function handle(e)
        \(SampleEvents.handler)
        end
        local function ignore(e) end
        local ready = {}
        local function prepare(e) ready[#ready + 1] = e end
        local function bare() for index = 1, #ready do handle(ready[index]) end end
        return { handle = handle, ignore = ignore, prepare = prepare, bare = bare }
        """

    init() async throws {
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: (0..<Self.batch).map(SampleEvents.event)))
        events = try log.read(ReadRequest(.all, limit: Self.batch)).events
        vm = try LuaVM(seed: 1)
        envelope = EventEnvelope(vm: vm)
        fields = vm.declareShape(complaint: "the fields have no", ready: SampleEvents.handlerFields)
        let functions = try vm.loadPrivileged(Array(Self.script.utf8), file: "bench.lua")
        guard let handle = functions["handle"], let ignore = functions["ignore"],
            let bare = functions["bare"], let prepare = functions["prepare"]
        else { preconditionFailure("the script above returns these four") }
        self.handle = handle
        self.ignore = ignore
        self.bare = bare
        try each(prepare, fields: nil)
    }

    /// A batch, event by event.
    func runEvents() throws -> Int {
        try each(handle, fields: nil)
        return taken()
    }

    /// The same, for a handler that declares the fields that it reads.
    func runEventsWithFields() throws -> Int {
        try each(handle, fields: fields)
        return taken()
    }

    /// A batch for a handler that does nothing: what is left is the way in.
    func runIgnored() throws -> Int {
        try each(ignore, fields: nil)
        return events.count
    }

    /// As many calls without an event.
    func runEmptyCalls() throws -> Int {
        arguments.removeAll()
        for _ in events { _ = try vm.call(ignore, arguments) }
        return events.count
    }

    /// The same batch in one call, over tables that are there already.
    func runBare() throws -> Int {
        _ = try vm.call(bare)
        return taken()
    }

    private func each(_ function: LuaFunction, fields: LuaShape?) throws {
        for event in events {
            arguments.removeAll()
            envelope.write(event, fields: fields, to: &arguments)
            _ = try vm.call(function, arguments)
        }
    }

    private func taken() -> Int {
        vm.takeRecords().reduce(0) { count, _ in count + 1 }
    }
}
