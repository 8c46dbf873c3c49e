import Runtime

/// The limits of the HTTP surface, each with its reason.
enum ServerLimits {
    /// Bytes of a request's body: one event of the largest size (1 MiB) with its meta, or a thousand small
    /// ones.
    static let bodyBytesMax = 2 << 20

    /// Bytes of a body that holds an app's scripts: all that an app may have, as JSON.
    static let scriptBodyBytesMax = 2 * RuntimeLimits.appBytesMax

    /// Bytes of a body over the limit that are still read, so that a client that sends first and reads
    /// afterwards sees its 413; behind that the connection is closed.
    static let bodyBytesDrained = 16 << 20

    /// Bytes of an idempotency key or a correlation id: two UUIDs and words, and room for the host's own
    /// prefix.
    static let headerBytesMax = 200

    /// Events in a page when the caller doesn't say.
    static let pageEventsDefault = 100

    /// Bytes at which a page ends early with a `next`, so that large events can't fill the memory of either
    /// side.
    static let pageBytesEnough = 8 << 20

    /// Events taken from the log at once while a page or a live stream is written: bounds what is pinned in
    /// memory.
    static let readEventsAtOnce = 256

    /// Bytes of a live stream that are written at once: some hundred events, each of which would cost a call
    /// of the system.
    static let liveBytesEnough = 64 << 10

    /// Seconds that a query waits for `after` when the caller doesn't say.
    static let queryTimeoutSecondsDefault = 5.0

    /// Seconds that a caller may let a query wait; longer waits belong in the client.
    static let queryTimeoutSecondsMax = 60.0

    /// Seconds of silence, without a request, after which a connection is closed.
    static let idleSecondsMax: Int64 = 75
}
