import Foundation

/// How many files this process may have open.
enum OpenFiles {
    /// Raises the limit to what the system allows this process: a log keeps a file open for each segment, and
    /// the usual 1,024 end at some 120 GiB.
    ///
    /// A refusal is no reason not to start: the log says when it can't open a file.
    static func raiseLimit() {
        var limit = rlimit()
        #if canImport(Darwin)
        let resource = RLIMIT_NOFILE
        #else
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #endif
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
