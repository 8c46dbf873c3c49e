/// The limits of processing, each with its reason.
public enum RuntimeLimits {
    /// Lanes of a processor: enough to keep 16 cores busy, few enough that all their marks fit in one frame.
    ///
    /// Durable: the lane of a stream follows from it, and marks are kept by lane.
    public static let lanes = 16

    /// Events in one SQL transaction while a projection's rows are built anew.
    ///
    /// Larger ones write a page that several events change only once, and hold up the worker's other steps.
    static let buildEventsMax = 1_024

    /// Events in one batch of steps: an `await` costs about 10 µs, over 256 events that is nothing.
    static let batchEventsMax = 256

    /// Events whose marks an at-most-once handler moves before their steps run, on one worker.
    ///
    /// A crash loses at most these. One by one, each event would cost two flushes; 16 share them. Beyond, a
    /// crash loses more, and little is gained.
    static let claimedEventsMax = 16

    /// Events that one step may emit, so that a step that passes always fits in a frame.
    static let stepEventsMax = 400

    /// A batch ends when its frame holds this much: one more step must still fit.
    static let frameEventsEnough = 300

    /// Bytes at which a batch ends, for the same reason: a step's own output is limited to the other half.
    static let frameBytesEnough = 8 << 20

    /// Bytes that one step may record.
    static let stepBytesMax = 6 << 20

    /// Events that may wait in the lanes of one processor before it stops reading ahead.
    static let backlogMax = 4_096

    /// Events that may wait in lanes that have a failed step to try again.
    ///
    /// About 10 MB; beyond it the other lanes wait too, until the step passes or its event is parked.
    static let waitingBacklogMax = 65_536

    /// Keys of one processor that wait until a failed step is tried again, before lanes wait instead.
    ///
    /// So many fail because of themselves; more, because of something that all of them need.
    static let waitingKeysMax = 256

    /// Times that a process ends in a step before the step is parked, also when its handler tries less often.
    ///
    /// Whoever kills a host doesn't look at what it is doing.
    static let endingsMin = 3

    /// A lane without events for it moves its mark when it lags so far: bounds what a restart reads again.
    static let idleMarkLag: UInt64 = 4_096

    /// The same for a processor that had nothing to do all the while.
    ///
    /// A restart finds that again in the index; a thousand idle handlers write a frame or two each for so
    /// many events of others.
    static let quietMarkLag: UInt64 = 65_536

    /// Events that one `read` of a script gives.
    ///
    /// Each becomes a table, and the step has a budget. A rule that looks at more keeps a state in an
    /// aggregate, or asks for the last few.
    static let readEventsMax = 1_000

    /// Events read from the log at once.
    static let readPage = 1_000

    /// Event types that the router asks the log for by name; with more, it reads all events.
    ///
    /// The index looks at the list of each type for every event that it finds.
    static let routedTypesMax = 16

    /// Times that a decision is taken again because another writer was faster, before the caller is told.
    static let conflictsMax = 100

    /// Calls that one step may make: each of them runs the step again from its beginning.
    static let stepCallsMax = 16

    /// Calls of a host at once: a connection and an answer in memory each.
    static let callsAtOnceMax = 64

    /// Milliseconds of a call that names no timeout.
    static let callMillisecondsDefault: Int64 = 30_000

    /// Milliseconds that a call may ask for: a key that waits longer is better served by a timer.
    static let callMillisecondsMax: Int64 = 300_000

    /// Bytes of a call's body: the largest event.
    static let callBodyBytesMax = 1 << 20

    /// Bytes of an answer's body, counted while they come: four of the largest events.
    static let callAnswerBytesMax = 4 << 20

    /// Bytes of all answers of a step, which are held while it waits for the next: 128 MiB on 16 lanes.
    static let stepAnswerBytesMax = 8 << 20

    /// Bytes of the headers that a script gives a call: what common servers take.
    static let callHeaderBytesMax = 8 << 10

    /// Microseconds that a server's `Retry-After` can hold up a lane: an hour, then it is asked again.
    static let retryAfterMax: Int64 = 3_600_000_000

    /// Bytes of one VM: thousands of live aggregates; a runaway script hits it before the machine does.
    static let scriptMemoryBytes = 256 << 20

    /// VM instructions of one step: tens of milliseconds of work, so that an endless loop ends soon.
    static let stepInstructionsMax = 20_000_000

    /// Wall-clock milliseconds of one step: a generous net behind the instruction budget.
    static let stepMillisecondsMax = 5_000

    /// Newest events that scripts must deal with before they go live: milliseconds, so that a save is felt
    /// as at once.
    static let publishReplayEventsMax = 256

    /// Versions before the live one in which a start looks for the code of rows that it finds: some
    /// milliseconds each, and rows older than that have been built anew in between.
    static let leftRowsVersionsMax = 8

    /// Waiting timers that a publish looks at when a command is gone: about a second, those due first.
    static let publishTimersMax = 100_000

    /// Names in a line of the report at the start: one screen, however many processors an app has.
    static let startReportNamesMax = 8

    /// Bytes of all files of an app.
    public static let appBytesMax = 16 << 20
}
