/// Why the server can't listen.
///
/// Each case has a stable `code` and a sentence with a hint.
public enum ServerError: Error, Hashable, Sendable {
    /// Not HOST:PORT.
    case invalidAddress(String)

    /// The address can be reached from other machines, and this version can't ask callers who they are.
    case tokensRequired(ListenAddress)

    /// Another process listens there.
    case addressInUse(ListenAddress)

    /// The operating system refused for another reason.
    case cannotListen(ListenAddress, reason: String)
}

extension ServerError: CustomStringConvertible {
    /// Stable name of the case.
    public var code: String {
        switch self {
        case .invalidAddress: "invalid-address"
        case .tokensRequired: "tokens-required"
        case .addressInUse: "address-in-use"
        case .cannotListen: "cannot-listen"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .invalidAddress: "write it as 127.0.0.1:7070"
        case .tokensRequired: "listen on 127.0.0.1 or ::1; access tokens come with a later version"
        case .addressInUse: "stop that process, or choose another port with --listen"
        case .cannotListen: "choose another address with --listen"
        }
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .invalidAddress(let text): "\(text.debugDescription) is not an address to listen on"
        case .tokensRequired(let address):
            "\(address) is reachable from other machines, and that needs tokens"
        case .addressInUse(let address): "another process listens on \(address)"
        case .cannotListen(let address, let reason): "can't listen on \(address): \(reason)"
        }
    }
}
