/// What events and frames can be found by.
///
/// The numbers are part of the format of index files and never change their meaning.
enum KeyKind: UInt8 {
    /// A stream: its events.
    case stream = 1
    /// A category: the events of its streams.
    case category = 2
    /// An event type: its events.
    case type = 3
    /// A tag: the events that carry it.
    case tag = 4
    /// An idempotency key: its one frame.
    case idempotency = 5
}

/// A key that is looked for, with its hash; the name is borrowed.
struct IndexKey {
    let kind: KeyKind
    let name: UnsafeRawBufferPointer
    /// Of kind and name, seeded: the order of keys in an index file.
    let hash: UInt64

    init(_ kind: KeyKind, _ name: UnsafeRawBufferPointer, seed: UInt64) {
        self.kind = kind
        self.name = name
        // Kinds are told apart by the seed, so that a tag and a type of one name lie far apart.
        hash = NameHash.hash(name, seed: seed &+ UInt64(kind.rawValue) &* 0x9E37_79B9_7F4A_7C15)
    }

    /// A key with a hash of its own: how a test makes two names of one hash.
    init(_ kind: KeyKind, _ name: UnsafeRawBufferPointer, hash: UInt64) {
        self.kind = kind
        self.name = name
        self.hash = hash
    }
}

extension String {
    /// The key of a kind with this name, for the call.
    func withKey<R, Failure: Error>(
        _ kind: KeyKind,
        seed: UInt64,
        _ body: (IndexKey) throws(Failure) -> R
    ) throws(Failure) -> R {
        var text = self
        var outcome: Result<R, Failure>?
        text.withUTF8 { bytes in
            outcome = Result { () throws(Failure) in
                try body(IndexKey(kind, UnsafeRawBufferPointer(bytes), seed: seed))
            }
        }
        guard let outcome else { preconditionFailure("withUTF8 calls its body") }
        return try outcome.get()
    }
}
