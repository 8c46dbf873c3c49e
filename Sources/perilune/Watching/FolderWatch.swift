import Runtime

/// What has changed in a watched folder.
struct FolderChange: Sendable {
    /// The files that were written, came or went, by their paths in the folder; sorted.
    let files: [String]

    /// All files as they are now.
    let snapshot: FolderSnapshot
}

/// Tells when the files of an app's folder have changed, and have come to rest.
///
/// It polls: it looks at all files now and then, and compares. The kernel's own notices (inotify) are not
/// used, since no well-kept library brings them to Swift, since there are none for what another machine
/// writes to a shared folder, and since an editor that writes a new file and renames it ends the watch of the
/// old one. Looking at the twenty files of an app costs less than a millisecond.
///
/// Invariants:
/// - a change is told when two looks in a row saw the same: never half of what an editor writes;
/// - no change is lost between two elements, or before the first one was asked for: each look is compared
///   with what was told last, and in the beginning with what was there when the watch was made;
/// - a file that was changed and changed back in between is no change.
///
/// Whoever wants to run what it saves makes the watch first and reads the files then.
struct FolderWatch: AsyncSequence, Sendable {
    typealias Element = FolderChange
    typealias Failure = Never

    /// Microseconds between two looks: two of them, and the work that follows, are felt as at once.
    static let interval: Int64 = 25_000

    /// How many times as long as a look it waits at least: a huge folder, or a slow one, costs a tenth of a
    /// core, and no more.
    static let restFactor: Int64 = 9

    let folder: String
    private let clock: HostClock
    private let beginning: FolderSnapshot

    /// Begins to watch: what changes from now on is told.
    init(_ folder: String, clock: HostClock = .system) {
        self.folder = folder
        self.clock = clock
        beginning = FolderSnapshot(of: folder)
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(folder: folder, clock: clock, told: beginning)
    }

    /// One who waits for changes; ends when its task is cancelled.
    struct Iterator: AsyncIteratorProtocol {
        let folder: String
        let clock: HostClock
        /// What was there when it told of a change last.
        fileprivate(set) var told: FolderSnapshot
        private var pause = FolderWatch.interval

        fileprivate init(folder: String, clock: HostClock, told: FolderSnapshot) {
            self.folder = folder
            self.clock = clock
            self.told = told
        }

        mutating func next() async -> FolderChange? {
            var seen = told
            while true {
                do { try await clock.sleep(pause) } catch {
                    // Only a cancelled task doesn't sleep: nobody waits any more.
                    return nil
                }
                let start = clock.now()
                let found = FolderSnapshot(of: folder)
                pause = Swift.max(FolderWatch.interval, (clock.now() - start) * FolderWatch.restFactor)
                if found == seen, found != told {
                    let change = FolderChange(files: found.changes(since: told), snapshot: found)
                    told = found
                    return change
                }
                seen = found
            }
        }
    }
}
