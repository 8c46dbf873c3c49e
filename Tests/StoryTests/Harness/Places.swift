import Foundation

/// Where the stories find what they run.
enum Places {
    /// The repository, from the place of this file in it.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The order system that the repository ships.
    static let ordersApp = repository + "/scripts/examples/orders"

    /// The binary: beside the test bundle, where one build puts both.
    static func binary() throws -> String {
        let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).standardizedFileURL
        let binary = bundle.deletingLastPathComponent().appendingPathComponent("perilune").path
        guard FileManager.default.isExecutableFile(atPath: binary) else {
            throw StoryFailure("there is no \(binary); run `swift build` first")
        }
        return binary
    }
}
