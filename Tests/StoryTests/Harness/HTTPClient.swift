import Foundation

/// One keep-alive connection to a host on this machine, opened when it is needed. HTTP/1.1 in the few lines
/// that a well-behaved server asks for, so that a story sees every broken connection, and may send bytes
/// that no library would.
actor HTTPClient {
    private let thread = BlockingExecutor()
    private let port: Int
    private var socket: Socket?
    /// Bytes that were read and not yet used.
    private var buffer: [UInt8] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(port: Int) {
        self.port = port
    }

    /// Sends a request and reads its answer, once.
    ///
    /// - Throws: `ConnectionFailure`, after which the next request opens a new connection.
    func send(_ request: HTTPRequest) throws -> HTTPResponse {
        try send(raw: request.bytes, isHead: request.method == "HEAD")
    }

    /// Sends bytes and reads an answer, whatever the bytes are.
    func send(raw bytes: [UInt8], isHead: Bool = false) throws -> HTTPResponse {
        do {
            let socket = try socket ?? connect()
            // A server may answer and close before it has read a body to its end.
            do { try socket.write(bytes) } catch  where bytes.count > 1 << 16 {}
            let response = try read(from: socket, isHead: isHead)
            if response.headers["connection"]?.lowercased() == "close" { close() }
            return response
        } catch {
            close()
            throw error
        }
    }

    private func connect() throws -> Socket {
        let socket = try Socket()
        try socket.connect(to: port)
        self.socket = socket
        return socket
    }

    private func close() {
        socket = nil
        buffer = []
    }

    private func read(from socket: Socket, isHead: Bool) throws -> HTTPResponse {
        let lines = try head(from: socket)
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        guard let status else { throw StoryFailure("not HTTP: \(lines)") }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw StoryFailure("not a header: \(line)") }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        // The server says that it waits for the body, which was sent already.
        if status == 100 { return try read(from: socket, isHead: isHead) }
        var body: [UInt8] = []
        if isHead {
            body = []
        } else if let length = headers["content-length"].flatMap({ Int($0) }) {
            body = try take(length, from: socket)
        } else if headers["transfer-encoding"]?.lowercased() == "chunked" {
            body = try chunks(from: socket)
        }
        return HTTPResponse(status: status, headers: headers, body: body)
    }

    private func head(from socket: Socket) throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try self.line(from: socket)
            if line.isEmpty { return lines }
            lines.append(line)
        }
    }

    private func chunks(from socket: Socket) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let length = try line(from: socket)
            guard let count = Int(length, radix: 16) else { throw StoryFailure("not a chunk: \(length)") }
            body += try take(count, from: socket)
            _ = try line(from: socket)
            if count == 0 { return body }
        }
    }

    private func line(from socket: Socket) throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[..<end].filter { $0 != 0x0D }
                buffer.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            try fill(from: socket)
        }
    }

    private func take(_ count: Int, from socket: Socket) throws -> [UInt8] {
        while buffer.count < count { try fill(from: socket) }
        let bytes = Array(buffer[..<count])
        buffer.removeFirst(count)
        return bytes
    }

    private func fill(from socket: Socket) throws {
        let bytes = try socket.read()
        guard !bytes.isEmpty else { throw ConnectionFailure.cutOff }
        buffer += bytes
    }
}

/// Runs an actor on a queue of its own, so that its blocking reads hold up nobody else's task.
final class BlockingExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "perilune.story.client")

    func enqueue(_ work: consuming ExecutorJob) {
        let work = UnownedJob(work)
        queue.async { work.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
