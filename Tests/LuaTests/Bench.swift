import Lua

/// A VM with a small privileged chunk, the way the host uses one.
final class Bench {
    let vm: LuaVM
    let functions: [String: LuaFunction]

    /// `emit` records a stream and a table; `call` runs the app's global `run`.
    private static let prelude = """
        local host = ...
        local env = host.env
        function env.emit(stream, data) host.record(stream, data) end
        function env.print(...) host.record("print", ...) end
        env.random, env.reseed = host.random, host.reseed
        env.traceback, env.where = host.traceback, host.where
        env.host_call = function(...) return host.call(...) end
        env.suspend = host.suspend
        return {
          run = function(...) return env.run(...) end,
          echo = function(...) return ... end,
        }
        """

    /// Loads the prelude and then a script; `call` is what the script's `host_call` reaches.
    init(
        _ script: String = "",
        seed: UInt32 = 1,
        limits: LuaLimits = .patient(),
        call: @escaping HostFunction = { _, _ in }
    ) throws {
        vm = try LuaVM(seed: seed, limits: limits)
        vm.register("call", call)
        functions = try vm.loadPrivileged(Array(Self.prelude.utf8), file: "prelude.lua")
        try vm.run(Array(script.utf8), file: "app.lua")
    }

    /// Calls a function of the prelude.
    func call(
        _ name: String,
        _ pack: (inout PackedWriter) -> Void = { _ in }
    ) throws(LuaError) -> [PackedValue] {
        var arguments = PackedWriter()
        pack(&arguments)
        guard let function = functions[name] else { preconditionFailure("no function \(name)") }
        return Array(try vm.call(function, arguments))
    }

    /// Calls the script's global `run`.
    func run(_ pack: (inout PackedWriter) -> Void = { _ in }) throws(LuaError) -> [PackedValue] {
        try call("run", pack)
    }

    /// Runs an expression in a fresh VM and gives its values as they cross the border.
    static func evaluate(_ expression: String, limits: LuaLimits = .patient()) throws -> [PackedValue] {
        try Bench("function run() return \(expression) end", limits: limits).run()
    }

    /// The first value of an expression as text.
    static func text(_ expression: String) throws -> String? {
        try evaluate(expression).first?.text
    }

    /// The error of a script that fails while it loads or when its global `run` is called.
    static func failure(_ script: String, limits: LuaLimits = .patient()) -> LuaError? {
        do {
            _ = try Bench(script, limits: limits).run()
            return nil
        } catch {
            return error as? LuaError
        }
    }
}

extension PackedValue {
    /// The text of JSON.
    var jsonText: String? {
        guard case .json(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func text(_ text: String) -> PackedValue {
        .string(Array(text.utf8)[...])
    }

    static func json(_ text: String) -> PackedValue {
        .json(Array(text.utf8)[...])
    }
}

extension LuaLimits {
    /// The defaults or what is given, without the clock: a test must not depend on how busy the machine is.
    static func patient(
        instructions: Int = defaultInstructions,
        memoryBytes: Int = defaultMemoryBytes,
        outputBytes: Int = defaultOutputBytes,
        records: Int = defaultRecords
    ) -> LuaLimits {
        LuaLimits(
            instructions: instructions,
            memoryBytes: memoryBytes,
            outputBytes: outputBytes,
            records: records,
            milliseconds: 3_600_000
        )
    }
}
