import Lua

/// What the prelude asks about times: it has no clock and no calendar of its own.
extension HostWords {
    func registerTime(in vm: LuaVM) {
        // A duration as text: milliseconds, or nothing for what isn't one.
        vm.register("duration") { arguments, results in
            guard let microseconds = DurationText.microseconds(arguments.text()) else {
                return results.null()
            }
            results.integer(microseconds / 1_000)
        }
        // cron, zone: what is wrong with them, or nothing.
        vm.register("schedule_complaint") { arguments, results in
            do throws(ScheduleError) {
                _ = try ScheduleRule(cron: arguments.text(), zone: arguments.text())
                results.null()
            } catch {
                results.string("\(error)")
            }
        }
    }
}
