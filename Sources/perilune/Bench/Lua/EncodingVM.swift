import Lua

/// A VM that records ready tables, or the texts that they encode to.
final class EncodingVM {
    private let vm: LuaVM
    private let tables: LuaFunction
    private let texts: LuaFunction

    private static let batch = 256

    private static let script = """
        local host = ...
        local record = host.record
        local values, written = {}, {}
        local function prepare(data)
          values[#values + 1], written[#written + 1] = data, host.json.encode(data)
        end
        local function tables() for index = 1, #values do record(values[index]) end end
        local function texts() for index = 1, #written do record(written[index]) end end
        return { prepare = prepare, tables = tables, texts = texts }
        """

    init() throws {
        vm = try LuaVM(seed: 1)
        let functions = try vm.loadPrivileged(Array(Self.script.utf8), file: "bench.lua")
        guard let tables = functions["tables"], let texts = functions["texts"],
            let prepare = functions["prepare"]
        else { preconditionFailure("the script above returns these three") }
        self.tables = tables
        self.texts = texts
        for number in 0..<Self.batch {
            var arguments = PackedWriter()
            arguments.json(SampleEvents.data(number))
            _ = try vm.call(prepare, arguments)
        }
    }

    func runTables() throws -> Int { try run(tables) }

    func runTexts() throws -> Int { try run(texts) }

    private func run(_ function: LuaFunction) throws -> Int {
        _ = try vm.call(function)
        return vm.takeRecords().reduce(0) { count, _ in count + 1 }
    }
}
