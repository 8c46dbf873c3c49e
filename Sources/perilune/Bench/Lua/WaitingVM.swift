import Lua

/// A VM with calls that wait.
struct WaitingVM {
    private let vm: LuaVM
    private let wait: LuaFunction
    private let ignore: LuaFunction
    private let keep: LuaFunction

    /// Resumes in a turn, and calls that wait at once.
    private static let batch = 10_000

    private static let script = """
        local host = ...
        local kept = {}
        local function wait() while true do host.suspend() end end
        local function keep() kept[#kept + 1] = {} end
        return { wait = wait, ignore = function() end, keep = keep }
        """

    init() throws {
        vm = try LuaVM(seed: 1, limits: LuaLimits(instructions: .max / 2, memoryBytes: 1 << 30))
        let functions = try vm.loadPrivileged(Array(Self.script.utf8), file: "bench.lua")
        guard let wait = functions["wait"], let ignore = functions["ignore"], let keep = functions["keep"]
        else { preconditionFailure("the script above returns these three") }
        self.wait = wait
        self.ignore = ignore
        self.keep = keep
    }

    /// Goes on with one call again and again.
    func runResumes() throws -> Int {
        var waiting = try Self.suspension(vm.start(wait))
        for _ in 0..<Self.batch {
            waiting = try Self.suspension(vm.resume(waiting, with: .results(PackedWriter())))
        }
        vm.drop(waiting)
        return Self.batch
    }

    func runCalls() throws -> Int {
        for _ in 0..<Self.batch { _ = try vm.call(ignore) }
        return Self.batch
    }

    /// Bytes that a call takes while it waits, and those of an empty table in a list.
    func bytes() throws -> (waiting: Double, table: Double) {
        let before = vm.memoryUsed
        let calls = try (0..<Self.batch).map { _ in try Self.suspension(vm.start(wait)) }
        let between = vm.memoryUsed
        for _ in calls { _ = try vm.call(keep) }
        let after = vm.memoryUsed
        calls.forEach(vm.drop)
        return (Double(between - before) / Double(Self.batch), Double(after - between) / Double(Self.batch))
    }

    private static func suspension(_ progress: LuaProgress) -> LuaSuspension {
        guard case .waiting(let suspension, _) = progress else {
            preconditionFailure("the function above never ends")
        }
        return suspension
    }
}
