import Foundation
import Testing

@testable import Lua

/// Our Lua beside the stock interpreter: the same chapters of small scripts, line by line.
@Suite("Scripts give what the stock interpreter gives")
struct PeerTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent()
    private static let interpreter = "/usr/bin/lua5.4"

    private func source(_ chapter: String) throws -> String {
        try ["frame", chapter].map {
            try String(contentsOf: Self.folder.appending(path: "Chapters/\($0).lua"), encoding: .utf8)
        }.joined()
    }

    /// What the stock interpreter writes.
    ///
    /// Without one the test fails: scripts/install brings it.
    private func stock(_ source: String) throws -> [UInt8] {
        let folder = URL.temporaryDirectory.appending(path: "perilune-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The folder is ours alone, and in the system's temporary place: what stays is harmless.
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = source + "\nio.write(run())"
        try Data(script.utf8).write(to: folder.appending(path: "ordinary.lua"))
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: Self.interpreter)
        process.arguments = ["ordinary.lua"]
        process.currentDirectoryURL = folder
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(data)
    }

    private func ours(_ source: String) throws -> [UInt8] {
        let bench = try Bench(limits: .patient(memoryBytes: 256 << 20))
        try bench.vm.run(Array(source.utf8), file: "ordinary.lua")
        guard case .string(let bytes)? = try bench.run().first else { return [] }
        return Array(bytes)
    }

    /// Lines that differ: what the stock interpreter wrote, and what we did.
    private func differing(_ chapter: String) throws -> [(stock: String, ours: String)] {
        let source = try source(chapter)
        let left = try stock(source).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let right = try ours(source).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(left.count == right.count, "in \(chapter)")
        #expect(left.count > 1_000, "a chapter with few lines shows little")
        return zip(left, right).filter { $0 != $1 }.map {
            (stock: String(decoding: $0, as: UTF8.self), ours: String(decoding: $1, as: UTF8.self))
        }
    }

    @Test func `each line is the same or a difference that is listed, and each that is listed shows`() throws
    {
        let lines = try ["numbers", "patterns", "texts", "programs"].flatMap { try differing($0) }
        let listed = Difference.all.flatMap(\.cases)
        for (stock, ours) in lines where !listed.contains(where: { $0.holds(stock) }) {
            Issue.record("\(stock)\nis with us\n\(ours)")
        }
        for shown in listed {
            #expect(lines.contains { shown.holds($0.stock) }, "\(shown) differs no more")
        }
    }

    @Test func `the page for script writers lists the differences word by word`() throws {
        let page = Self.folder.appending(path: "../../../Sources/Runtime/Runtime.docc/ScriptAPI.md")
        let text = try String(contentsOf: page.standardized, encoding: .utf8)
        let section = try #require(
            text.components(separatedBy: "## Differences from plain Lua\n").dropFirst().first
        )
        let rows = section.components(separatedBy: "\n## ")[0].split(separator: "\n").filter {
            $0.hasPrefix("| ")
        }
        #expect(rows.dropFirst().map(String.init) == Difference.all.map { "| \($0.name) | \($0.why) |" })
    }
}
