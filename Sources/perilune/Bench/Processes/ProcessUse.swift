import Foundation

/// What a process has used so far: CPU time and memory.
enum ProcessUse {
    /// CPU seconds of this process, all threads, in user mode and in the kernel.
    static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage)
    }

    /// CPU seconds of another process in user mode and in the kernel, all threads that run now, to the
    /// nanosecond (`/proc/PID/task/*/schedstat`): a server that keeps its threads loses none of it.
    static func cpuSeconds(of process: pid_t) throws -> Double {
        let threads = "/proc/\(process)/task"
        var nanoseconds = 0.0
        for thread in try FileManager.default.contentsOfDirectory(atPath: threads) {
            let text = try String(contentsOfFile: "\(threads)/\(thread)/schedstat", encoding: .utf8)
            guard let used = text.split(separator: " ").first.flatMap({ Double($0) }) else {
                throw BenchError("process \(process) tells no CPU time")
            }
            nanoseconds += used
        }
        return nanoseconds / 1e9
    }

    /// User and system time together.
    static func seconds(_ usage: rusage) -> Double {
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// What this process holds now, and the most that it ever held; in MB, from `/proc/self/status`.
    struct Memory: Codable {
        /// Pages that no file backs: heap and stacks.
        let anonymous: Double

        /// The peak of all resident pages, those of mapped files among them.
        let peak: Double

        static func now() throws -> Memory {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            func megabytes(_ name: String) throws -> Double {
                let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
                let words = line?.split(whereSeparator: \.isWhitespace) ?? []
                guard words.count > 1, let kilobytes = Double(words[1]) else {
                    throw BenchError("/proc/self/status has no \(name)")
                }
                return kilobytes * 1024 / 1e6
            }
            return Memory(anonymous: try megabytes("RssAnon"), peak: try megabytes("VmHWM"))
        }
    }
}
