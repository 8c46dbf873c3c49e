import Foundation
import Runtime

/// JSON that somebody typed, or pipes in with `-`; checked here, so that a slip is shown before anything is
/// sent.
struct JSONArgument {
    /// The text as it came.
    let bytes: [UInt8]

    /// Reads `text`; `name` says in an error what it was meant to be.
    init(_ text: String, named name: String) throws(ClientError) {
        bytes = text == "-" ? [UInt8](FileHandle.standardInput.readDataToEndOfFile()) : Array(text.utf8)
        do {
            _ = try JSONValue(parsing: bytes)
        } catch {
            throw .invalidArgument(name, reason: "this is not JSON, \(error)")
        }
    }
}
