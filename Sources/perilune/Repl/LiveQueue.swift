import Dispatch
import Runtime
import Synchronization

/// Events on their way from a connection to the thread of a prompt, which waits for them.
///
/// Invariant: the connection is read no further while `waitingMax` events wait, or `bytesMax` bytes of them,
/// so that a slow terminal holds up the host's stream and not our memory.
final class LiveQueue: Sendable {
    /// What comes over it.
    enum Item: Sendable {
        case event(JSONValue, bytes: Int)
        /// Something to tell the person.
        case remark(String)
        case failed(ClientError)
        /// Nothing comes any more.
        case end

        fileprivate var bytes: Int { if case .event(_, let bytes) = self { bytes } else { 0 } }
    }

    /// A few screens.
    private static let waitingMax = 1_000

    /// Bytes of JSON; in memory they are several times that.
    private static let bytesMax = 16 << 20

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)

    private struct State {
        var items: [Item] = []
        var bytes = 0
        var reader: CheckedContinuation<Void, Never>?
        var connection: Task<Void, Never>?
        var isEnded = true

        var isFull: Bool { items.count > LiveQueue.waitingMax || bytes > LiveQueue.bytesMax }
    }

    /// Begins anew, with a connection that fills it.
    func begin(_ connect: @escaping @Sendable (LiveQueue) async -> Void) {
        end()
        state.withLock { state in
            (state.items, state.bytes) = ([], 0)
            state.isEnded = false
            state.connection = Task { await connect(self) }
        }
    }

    /// Adds an item; waits while too many are there.
    func add(_ item: Item) async {
        let isFull = state.withLock { state in
            guard !state.isEnded else { return false }
            state.items.append(item)
            state.bytes += item.bytes
            return state.isFull
        }
        filled.signal()
        guard isFull else { return }
        await withCheckedContinuation { reader in
            let goesOn = state.withLock { state in
                if state.isEnded || !state.isFull { return true }
                state.reader = reader
                return false
            }
            if goesOn { reader.resume() }
        }
    }

    /// The next item; the calling thread waits for it.
    func next() -> Item {
        while true {
            let (item, reader): (Item?, CheckedContinuation<Void, Never>?) = state.withLock { state in
                if state.isEnded { return (.end, nil) }
                guard !state.items.isEmpty else { return (nil, nil) }
                let item = state.items.removeFirst()
                state.bytes -= item.bytes
                let reader = state.isFull ? nil : state.reader
                if reader != nil { state.reader = nil }
                return (item, reader)
            }
            reader?.resume()
            if let item { return item }
            filled.wait()
        }
    }

    /// Ends it, and the connection.
    func end() {
        let (reader, connection) = state.withLock { state in
            defer { (state.reader, state.connection, state.isEnded) = (nil, nil, true) }
            return (state.reader, state.connection)
        }
        connection?.cancel()
        reader?.resume()
        filled.signal()
    }
}
