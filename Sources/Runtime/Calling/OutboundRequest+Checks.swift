import Lua

/// What a script asked for, made into a request that can be sent, or refused before anything is looked up.
extension OutboundRequest {
    /// Why a script's request is none.
    enum Refusal: Error {
        /// It is malformed: a mistake in the script, told at its line.
        case malformed(String)

        /// It is a request that isn't allowed.
        case failure(CallFailure)
    }

    /// Headers that belong to the connection or to the client, and not to a script.
    private static let refusedHeaders: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding",
        "upgrade",
    ]

    /// Methods that mean something else than asking a server.
    private static let refusedMethods: Set<String> = ["CONNECT", "TRACE"]

    /// Reads method, URL, headers (JSON), body and timeout, as `host.call` gives them.
    init(_ arguments: inout PackedReader, allowed: AllowedOrigins) throws(Refusal) {
        method = try Self.method(arguments.text())
        let text = arguments.text()
        do { url = try OutboundURL(text) } catch {
            throw .malformed("\(text.debugDescription) can't be called: \(error)")
        }
        headers = try Self.headers(arguments.json())
        if case .string(let bytes)? = arguments.next() { body = Array(bytes) } else { body = nil }
        guard case .integer(let timeout)? = arguments.next() else {
            preconditionFailure("the prelude gives each call a timeout")
        }
        timeoutMilliseconds = timeout
        guard (1...RuntimeLimits.callMillisecondsMax).contains(timeout) else {
            let most = RuntimeLimits.callMillisecondsMax / 1_000
            throw .malformed("the timeout of a call is from 1 ms to \(most) s")
        }
        guard body?.count ?? 0 <= RuntimeLimits.callBodyBytesMax else {
            throw .malformed("the body of a call has at most \(RuntimeLimits.callBodyBytesMax) bytes")
        }
        guard let reach = allowed.reach(of: url) else { throw .failure(.notAllowed(url)) }
        self.reach = reach
    }

    private static func method(_ text: String) throws(Refusal) -> String {
        guard (1...20).contains(text.utf8.count), text.utf8.allSatisfy({ (65...90).contains($0) }),
            !refusedMethods.contains(text)
        else { throw .malformed("\(text.debugDescription) is no method that can be called") }
        return text
    }

    private static func headers(_ json: ArraySlice<UInt8>?) throws(Refusal) -> [OutboundHeader] {
        guard let json else { return [] }
        var headers: [OutboundHeader] = []
        var bytes = 0
        // The prelude has encoded it.
        for (name, value) in (try? JSONValue(parsing: json))?.object ?? [:] {
            let header = OutboundHeader(name.lowercased(), value.string ?? "")
            guard isToken(header.name) else { throw .malformed("\(name.debugDescription) is no header") }
            guard !refusedHeaders.contains(header.name), !header.name.hasPrefix("proxy-") else {
                throw .malformed("the header \(name) is the client's, not a script's")
            }
            guard header.value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
                throw .malformed("the header \(name) may have printable ASCII characters alone")
            }
            guard !headers.contains(where: { $0.name == header.name }) else {
                throw .malformed("the header \(name) is given twice")
            }
            bytes += name.utf8.count + header.value.utf8.count
            headers.append(header)
        }
        guard bytes <= RuntimeLimits.callHeaderBytesMax else {
            throw .malformed("the headers of a call have at most \(RuntimeLimits.callHeaderBytesMax) bytes")
        }
        return headers.sorted { $0.name < $1.name }
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
