import Lua

/// New VMs: with a script of the size of a large app, and with none.
enum LoadBench {
    /// 500 lines: 50 rules of 10.
    static let script: [UInt8] = {
        let rules = (0..<50).map { number in
            """
            local function rule_\(number)(state, event)
              local total = 0
              for _, line in ipairs(event.lines or {}) do
                if line.quantity > \(number) and line.sku ~= "sku-\(number)" then
                  total = total + line.quantity * line.price
                end
              end
              state.total_\(number) = (state.total_\(number) or 0) + total
              return { kind = "rule-\(number)", total = total, customer = event.customer }
            end
            """
        }
        return Array(rules.joined(separator: "\n").utf8)
    }()

    static func runLoads() throws -> Int { try load(script) }

    static func runEmpty() throws -> Int { try load([]) }

    private static func load(_ script: [UInt8]) throws -> Int {
        let vm = try LuaVM(seed: 1)
        try vm.run(script, file: "app.lua")
        vm.close()
        return 1
    }
}
