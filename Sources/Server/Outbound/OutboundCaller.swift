import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Runtime

/// Makes the calls of an app's steps over HTTP.
///
/// Invariants: a connection goes to an address that was looked up for this call and that the call's reach
/// permits; host name, certificate and `Host` header stay those of the URL; no redirect is followed; no more
/// of an answer is read than a step may have.
///
/// Made by whoever starts a host, which gets `calls`; closed after the host.
public struct OutboundCaller: Sendable {
    private let clients = PinnedClients()
    private let userAgent: String
    private let lookUp: @Sendable (String) async throws -> [NetworkAddress]

    /// Addresses of one name that are tried when connections can't be made.
    private static let addressesMax = 4

    /// A caller that names itself so to servers, as `perilune/1.2`.
    public init(userAgent: String) {
        self.init(userAgent: userAgent, lookUp: NameLookup.addresses)
    }

    /// A caller with other ways to look a name up.
    init(userAgent: String, lookUp: @escaping @Sendable (String) async throws -> [NetworkAddress]) {
        self.userAgent = userAgent
        self.lookUp = lookUp
    }

    /// The calls, as a host takes them.
    public var calls: OutboundCalls {
        OutboundCalls { request throws(CallFailure) in try await perform(request) }
    }

    /// Closes all connections.
    public func close() async {
        await clients.close()
    }

    private func perform(_ request: OutboundRequest) async throws(CallFailure) -> OutboundAnswer {
        let addresses = try await permittedAddresses(for: request)
        for address in addresses.dropLast() {
            do {
                return try await perform(request, at: address)
            } catch {
                // Nothing was sent, so the next address of the name may be tried.
                guard case .connection = error else { throw error.failure }
            }
        }
        do { return try await perform(request, at: addresses[addresses.count - 1]) } catch {
            throw error.failure
        }
    }

    /// Where the request may go, never nowhere.
    private func permittedAddresses(
        for request: OutboundRequest
    ) async throws(CallFailure) -> [NetworkAddress] {
        let url = request.url
        let found: [NetworkAddress]
        do {
            found = if let address = url.address { [address] } else { try await lookUp(url.host) }
        } catch let error as NameLookup.Failed {
            throw .failed("\(url)", reason: "the name \(url.host) can't be looked up: \(error.reason)")
        } catch {
            throw .stopped("\(url)")
        }
        guard let first = found.first else {
            throw .failed("\(url)", reason: "the name \(url.host) has no address")
        }
        let permitted = found.filter(request.reach.permits)
        guard !permitted.isEmpty else { throw .addressRefused(url.host, address: "\(first)") }
        return Array(permitted.prefix(Self.addressesMax))
    }

    /// Why one address gave no answer.
    private enum Fault: Error {
        case connection(CallFailure)
        case other(CallFailure)

        var failure: CallFailure {
            switch self {
            case .connection(let failure), .other(let failure): failure
            }
        }
    }

    private func perform(
        _ request: OutboundRequest,
        at address: NetworkAddress
    ) async throws(Fault) -> OutboundAnswer {
        let pin = PinnedClients.Pin(host: request.url.host, address: address)
        guard let client = await clients.lend(pin) else { throw .other(.stopped("\(request.url)")) }
        let result: Result<OutboundAnswer, Fault>
        do {
            result = .success(try await answer(to: request, from: client))
        } catch {
            result = .failure(Self.fault(error, of: request))
        }
        await clients.giveBack(pin)
        return try result.get()
    }

    private func answer(
        to request: OutboundRequest,
        from client: HTTPClient
    ) async throws -> OutboundAnswer {
        var sent = HTTPClientRequest(url: request.url.text)
        sent.method = HTTPMethod(rawValue: request.method)
        for header in request.headers { sent.headers.add(name: header.name, value: header.value) }
        if !sent.headers.contains(name: "user-agent") {
            sent.headers.add(name: "user-agent", value: userAgent)
        }
        if let body = request.body { sent.body = .bytes(body) }
        let deadline = NIODeadline.now() + .milliseconds(request.timeoutMilliseconds)
        let response = try await client.execute(sent, deadline: deadline)
        var body: [UInt8] = []
        for try await part in response.body {
            guard body.count + part.readableBytes <= request.answerBytesMax else {
                throw CallFailure.tooLarge("\(request.url)", bytesMax: request.answerBytesMax)
            }
            body += part.readableBytesView
        }
        return OutboundAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { OutboundHeader($0.name.lowercased(), $0.value) },
            body: body
        )
    }

    private static func fault(_ error: any Error, of request: OutboundRequest) -> Fault {
        let url = "\(request.url)"
        switch error {
        case let failure as CallFailure: return .other(failure)
        case is CancellationError: return .other(.stopped(url))
        case let error as HTTPClientError where error == .cancelled || error == .alreadyShutdown:
            return .other(.stopped(url))
        case let error as HTTPClientError where error == .deadlineExceeded:
            return .other(.timeout(url, milliseconds: request.timeoutMilliseconds))
        case let error as HTTPClientError where error == .connectTimeout:
            return .connection(.failed(url, reason: reason(error)))
        case is NIOConnectionError: return .connection(.failed(url, reason: reason(error)))
        case let error as IOError where refusals.contains(error.errnoCode):
            return .connection(.failed(url, reason: reason(error)))
        default: return .other(.failed(url, reason: reason(error)))
        }
    }

    /// What connecting alone can end with: behind the first byte these don't come.
    private static let refusals: Set<CInt> = [ECONNREFUSED, ENETUNREACH, EADDRNOTAVAIL]

    /// In words; the error of a failed connection is a page of addresses.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "no connection could be made"
        case let error as HTTPClientError: error.description
        default: String("\(error)".prefix(200))
        }
    }
}
