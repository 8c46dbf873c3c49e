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

    /// Fills the queue until it is ended.
    func run(_ queue: LiveQueue) async {
        var lastID = String(after)
        var isAway = false
        while !Task.isCancelled {
            do throws(ClientError) {
                let body = try await api.follow(RequestPath(["events", "live"], parameters), after: lastID)
                if isAway { await queue.add(.remark("the host is back")) }
                isAway = false
                var parser = EventStreamParser()
                do {
                    for try await chunk in body {
                        for block in parser.parse(chunk.readableBytesView) {
                            if block.event == "$problem",
                                let problem = ProblemDocument(status: 500, bytes: block.data)
                            {
                                throw ClientError.problem(problem)
                            }
                            lastID = block.id ?? lastID
                            let event = try Answer(url: api.url, bytes: block.data).value()
                            await queue.add(.event(event, bytes: block.data.count))
                        }
                    }
                } catch let error as ClientError {
                    throw error
                } catch {
                    throw .unreachable(url: api.url, reason: "\(error)")
                }
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
}
