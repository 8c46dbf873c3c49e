import Lua

/// A VM with a small prelude, the way the host uses one.
///
/// Scripts have `emit`, `print`, `random`, `uuid`, `reseed`, `suspend`, `attempt` and `ask`, which reaches
/// the host function; their global `run` is what is called.
final class ProbeVM {
    let vm: LuaVM
    private(set) var functions: [String: LuaFunction] = [:]

    /// What a script's `ask` reaches, and an unknown member of an object; answers nothing until it is set.
    var host: HostFunction = { _, _ in }

    private static let prelude = """
        local host = ...
        local env = host.env
        function env.emit(stream, data) host.record(stream, data) end
        function env.print(...) host.record("print", ...) end
        function env.ask(...) return host.ask(...) end
        function env.uuid()
          local digits = string.format("%016x%016x", host.random(0), host.random(0))
          return digits:sub(1, 8) .. "-" .. digits:sub(9, 12) .. "-" .. digits:sub(13)
        end
        env.random, env.reseed, env.suspend, env.digest = host.random, host.reseed, host.suspend, host.digest
        env.where, env.traceback, env.place = host.where, host.traceback, host.place
        function env.attempt(f, ...)
          local ok, why = host.attempt(f, ...)
          if not ok then host.rethrow(why) end
          return why
        end
        local kept
        return {
          run = function(...) return env.run(...) end,
          echo = function(...) return ... end,
          sum = function(a, b) return a + b end,
          reseed = host.reseed,
          -- Leaves a past behind: garbage, and something that lives.
          past = function(n)
            kept = {}
            for i = 1, n do local t = { i, k = {} } if i % 3 == 0 then kept[i] = t end end
          end,
        }
        """

    init(seed: UInt32, limits: LuaLimits) throws(LuaError) {
        vm = try LuaVM(seed: seed, limits: limits)
        // The VM lives no longer than this object, which holds it.
        for name in ["ask", "suggest"] { vm.register(name) { [unowned self] in try self.host(&$0, &$1) } }
        functions = try vm.loadPrivileged(Array(Self.prelude.utf8), file: "prelude.lua")
    }

    /// A function of the prelude.
    func function(_ name: String) -> LuaFunction {
        guard let function = functions[name] else { preconditionFailure("the prelude has no \(name)") }
        return function
    }

    /// Calls a function of the prelude.
    func call(_ name: String, _ pack: (inout PackedWriter) -> Void) throws(LuaError) -> [PackedValue] {
        var arguments = PackedWriter()
        pack(&arguments)
        return Array(try vm.call(function(name), arguments))
    }
}

extension PackedWriter {
    /// A value that came out goes in again.
    mutating func append(_ value: PackedValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .float(let value): float(value)
        case .string(let bytes): string(bytes: bytes)
        case .json(let bytes): json(bytes)
        }
    }
}
