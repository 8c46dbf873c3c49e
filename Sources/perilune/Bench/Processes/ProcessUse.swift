import Foundation

/// What a process has used so far: CPU time and memory.
enum ProcessUse {
    /// CPU seconds of this process, all threads, in user mode and in the kernel.
    static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return seconds(usage)
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
