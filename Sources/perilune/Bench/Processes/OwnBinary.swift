import Foundation

/// The binary that this process runs.
enum OwnBinary {
    /// Its path, as the kernel knows it: a name on the command line may lead elsewhere by now.
    static func path() throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }
}
