import EventLog

/// How an operation on a file of a `FaultyFileSystem` fails.
package enum FileFault: Sendable, CaseIterable {
    /// The disk refuses; a flush loses what it was to make durable.
    case ioError
    /// There is no room; a write may leave a part of its bytes. Operations that need no room succeed.
    case diskFull
    /// A part is written, and then the disk refuses.
    case shortWrite

    func refusal(_ operation: FileOperation) -> EventLogError {
        let kind = operation.kind.rawValue
        return switch self {
        case .diskFull: .diskFull(operation: kind, path: operation.path)
        case .ioError, .shortWrite: .file(operation: kind, path: operation.path, reason: "the disk refused")
        }
    }
}
