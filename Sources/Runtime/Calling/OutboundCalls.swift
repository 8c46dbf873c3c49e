/// How a host calls out: the one seam between steps, which know no network, and whoever does.
///
/// Used by `CallRunner` alone, which keeps the time and the number of calls.
public struct OutboundCalls: Sendable {
    /// Makes one call, and reads its whole answer.
    ///
    /// It connects only to an address that `request.reach` permits, and follows no redirect. It ends soon
    /// when its task is cancelled.
    public let perform: @Sendable (OutboundRequest) async throws(CallFailure) -> OutboundAnswer

    /// Calls that are made so.
    public init(
        perform: @escaping @Sendable (OutboundRequest) async throws(CallFailure) -> OutboundAnswer
    ) {
        self.perform = perform
    }

    /// A host without a network: each call fails.
    public static let none = OutboundCalls { request throws(CallFailure) in
        throw .failed(request.url.description, reason: "this host was started without a way to call out")
    }
}

/// One request of a step, checked: its origin is one that the app allows, its headers can be sent.
public struct OutboundRequest: Hashable, Sendable {
    /// A token of upper-case letters, such as `POST`.
    public let method: String

    /// Where it goes.
    public let url: OutboundURL

    /// Names in lower case with their values, the host's own among them, in order of their names.
    public var headers: [OutboundHeader]

    /// The bytes to send; nil for none.
    public let body: [UInt8]?

    /// Milliseconds until the whole answer must be there.
    public let timeoutMilliseconds: Int64

    /// To which addresses the name may lead.
    public let reach: OutboundReach

    /// Bytes of the answer's body that are read; beyond, the call fails as too large.
    public internal(set) var answerBytesMax = RuntimeLimits.callAnswerBytesMax
}

/// A header of a request or an answer.
public struct OutboundHeader: Hashable, Sendable {
    /// In lower case.
    public let name: String

    /// Without line breaks.
    public let value: String

    /// A header with a name in lower case.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What a server said.
public struct OutboundAnswer: Hashable, Sendable {
    /// From 200 to 599.
    public let status: Int

    /// Names in lower case; a name may come more than once.
    public let headers: [OutboundHeader]

    /// The bytes that came, which need not be text.
    public let body: [UInt8]

    /// An answer of these.
    public init(status: Int, headers: [OutboundHeader], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The values of a header, as one; nil when it didn't come.
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
