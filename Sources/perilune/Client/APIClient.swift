import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Runtime

/// An answer of the API that is not a problem.
struct Answer {
    let url: String
    let bytes: [UInt8]

    /// The answer, parsed.
    func value() throws(ClientError) -> JSONValue {
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw .notPerilune(url: url, reason: error.description)
        }
    }
}

/// Speaks the HTTP API of a running host.
struct APIClient {
    /// Without a slash at its end.
    let url: String

    private let client: HTTPClient

    /// Seconds within which an answer must have begun: longer than a query may wait for a read model.
    private static let answerSecondsMax: Int64 = 90

    /// Bytes of one answer: a page ends at 8 MiB, and one event more may hold 2.
    private static let answerBytesMax = 64 << 20

    init(url: String) throws(ClientError) {
        guard let parsed = URL(string: url), ["http", "https"].contains(parsed.scheme), parsed.host != nil
        else {
            throw .invalidArgument("--url \(url)", reason: "it must look like http://127.0.0.1:7070")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        var configuration = HTTPClient.Configuration.singletonConfiguration
        // Nobody at a terminal waits ten seconds to read that no host is there.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes its connections; it can't be used afterwards.
    func close() async {
        // Fails only when it was closed before, and then there is nothing to do.
        try? await client.shutdown()
    }

    func get(_ path: RequestPath) async throws(ClientError) -> Answer {
        try await send(request(.GET, path))
    }

    func post(
        _ path: RequestPath,
        body: [UInt8]? = nil,
        headers: [(String, String)] = []
    ) async throws(ClientError) -> Answer {
        try await send(posting(body, to: path, headers))
    }

    /// Asks for what takes the host a while: it tells how far it is, line by line, and then the answer.
    ///
    /// - Returns: the member of the last line, as it came.
    func post(
        _ path: RequestPath,
        body: [UInt8],
        progress: (_ done: Int, _ total: Int) -> Void
    ) async throws(ClientError) -> JSONValue {
        let request = posting(body, to: path, [("Accept", "application/x-ndjson")])
        let response = try await execute(request, deadline: .distantFuture)
        guard response.status == .ok else { throw await problem(of: response) }
        var lines = AnswerLines(url: url, bytesMax: Self.answerBytesMax)
        do {
            for try await chunk in response.body {
                if let answer = try lines.add(chunk.readableBytesView, progress) { return answer }
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw .unreachable(url: url, reason: "the answer broke off")
        }
        throw .unreachable(url: url, reason: "the answer broke off")
    }

    private func posting(
        _ body: [UInt8]?,
        to path: RequestPath,
        _ headers: [(String, String)]
    ) -> HTTPClientRequest {
        var request = request(.POST, path)
        if let body {
            request.body = .bytes(body)
            request.headers.add(name: "Content-Type", value: "application/json")
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return request
    }

    /// Opens a live stream of events; the body ends when the host does.
    ///
    /// - Throws: `ClientError` when the stream isn't opened.
    func follow(
        _ path: RequestPath,
        after lastID: String?
    ) async throws(ClientError) -> HTTPClientResponse.Body {
        var request = request(.GET, path)
        if let lastID { request.headers.add(name: "Last-Event-ID", value: lastID) }
        let response = try await execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            throw await problem(of: response)
        }
        return response.body
    }

    /// Opens an answer that may be long; what it holds is read as it comes.
    func download(_ path: RequestPath) async throws(ClientError) -> HTTPClientResponse.Body {
        let response = try await execute(request(.GET, path), deadline: .distantFuture)
        guard response.status == .ok else { throw await problem(of: response) }
        return response.body
    }

    private func request(_ method: HTTPMethod, _ path: RequestPath) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path.text)
        request.method = method
        return request
    }

    private func send(_ request: HTTPClientRequest) async throws(ClientError) -> Answer {
        let response = try await execute(request, deadline: .now() + .seconds(Self.answerSecondsMax))
        guard (200..<300).contains(response.status.code) else { throw await problem(of: response) }
        return Answer(url: url, bytes: try await bytes(of: response))
    }

    private func execute(
        _ request: HTTPClientRequest,
        deadline: NIODeadline
    ) async throws(ClientError) -> HTTPClientResponse {
        do {
            return try await client.execute(request, deadline: deadline)
        } catch {
            throw .unreachable(url: url, reason: Self.reason(error))
        }
    }

    private func bytes(of response: HTTPClientResponse) async throws(ClientError) -> [UInt8] {
        do {
            return Array(try await response.body.collect(upTo: Self.answerBytesMax).readableBytesView)
        } catch {
            throw .unreachable(url: url, reason: "the answer broke off")
        }
    }

    private func problem(of response: HTTPClientResponse) async -> ClientError {
        do throws(ClientError) {
            let status = Int(response.status.code)
            let bytes = try await bytes(of: response)
            if let document = ProblemDocument(status: status, bytes: bytes) { return .problem(document) }
            return .notPerilune(url: url, reason: "it says \(response.status)")
        } catch {
            return error
        }
    }

    /// In words; the error of a failed connection is a page of addresses.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError: error.description
        default: "no connection could be made"
        }
    }
}
