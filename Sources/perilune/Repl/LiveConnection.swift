import AsyncHTTPClient
import NIOCore
import Runtime

/// The host's live events, read into a queue: through restarts of the host, with no gap and none twice.
struct LiveConnection: Sendable {
    let api: APIClient
    /// Filters, as `GET /events/live` takes them.
    let parameters: [(name: String, value: String?)]
    /// Behind which position it begins.
    let after: Int64

    /// Seconds between two attempts to reach a host that went away.
    private static let retrySeconds = 1

    private static let behind =
        "more than \(LivePace.eventsPerSecond) events a second come; what is shown falls behind"

    /// What outlives a connection that broke.
    private struct Progress {
        var lastID: String
        var pace = LivePace()
        var isBehind = false
    }

    /// Fills the queue until it is ended.
    func run(_ queue: LiveQueue) async {
        var progress = Progress(lastID: String(after))
        var isAway = false
        while !Task.isCancelled {
            do throws(ClientError) {
                let path = RequestPath(["events", "live"], parameters)
                let body = try await api.follow(path, after: progress.lastID)
                if isAway { await queue.add(.remark("the host is back")) }
                isAway = false
                try await fill(queue, from: body, &progress)
                throw .unreachable(url: api.url, reason: "the stream ended")
            } catch {
                guard error.isTransient else { return await queue.add(.failed(error)) }
                if Task.isCancelled { return }
                if !isAway { await queue.add(.remark("the host is away; waiting for it")) }
                isAway = true
                // It ends early only when the queue was ended, which the loop sees.
                try? await Task.sleep(for: .seconds(Self.retrySeconds))
            }
        }
    }

    /// Reads to the end of a connection, no faster than a prompt may.
    private func fill(
        _ queue: LiveQueue,
        from body: HTTPClientResponse.Body,
        _ progress: inout Progress
    ) async throws(ClientError) {
        var parser = EventStreamParser()
        do {
            for try await chunk in body {
                let blocks = parser.parse(chunk.readableBytesView)
                for block in blocks {
                    try await queue.add(item(block))
                    progress.lastID = block.id ?? progress.lastID
                }
                let wait = progress.pace.take(blocks.count, at: .now)
                guard wait > .zero else { continue }
                if !progress.isBehind { await queue.add(.remark(Self.behind)) }
                progress.isBehind = true
                try await Task.sleep(for: wait)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw .unreachable(url: api.url, reason: "\(error)")
        }
    }

    private func item(_ block: EventStreamParser.Block) throws -> LiveQueue.Item {
        if block.event == "$problem", let problem = ProblemDocument(status: 500, bytes: block.data) {
            throw ClientError.problem(problem)
        }
        return .event(try Answer(url: api.url, bytes: block.data).value(), bytes: block.data.count)
    }
}
