import CLua

extension LuaVM {
    /// Whether a seed decides traversal orders in this build: equal for equal seeds, different for others.
    ///
    /// Lua has no call for this; it rests on how the interpreter is linked (`CLua/seed.c`). A host checks it
    /// at start, so that an update of the library can't break replay silently.
    public static func checkSeed() -> Bool {
        let orders = [7, 7, 8].map { (seed: UInt32) -> [UInt8] in
            // A VM that can't be made gives an empty order, and the check fails.
            guard let vm = try? LuaVM(seed: seed) else { return [] }
            var order = [UInt8](repeating: 0, count: Int(CLUA_SEED_PROBE_KEYS))
            return clua_probe_seed(vm.vm, &order) == LuaStatus.ok ? order : []
        }
        return !orders[0].isEmpty && orders[0] == orders[1] && orders[0] != orders[2]
    }
}
