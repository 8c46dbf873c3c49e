import ArgumentParser
import EventLog
import Foundation
import Runtime

/// `perilune verify`: whether a data folder is as it was written.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads all of a data folder or a backup, and names what isn't as it was written.",
        discussion: """
            It changes nothing, and works beside a running host. Exit code 0: all that was durable is there. \
            Exit code 1: something is damaged; each line says what, where and what to do.

            Example: perilune verify data/orders
            """
    )

    @Argument(help: "The data folder.")
    var data: String

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    func run() async throws {
        let bar = ProgressBar("verify")
        defer { bar.clear() }
        let report = try await FailureText.reporting(json: json) {
            try Self.withScratchFolder { scratch in
                try LogVerifier.run(data, scratch: scratch, progress: bar.progress)
            }
        }
        bar.clear()
        show(report)
        if !report.isWhole { throw ExitCode.failed }
    }

    /// A temporary folder for the call.
    ///
    /// Without one, memory takes what would be in it.
    private static func withScratchFolder<Value>(_ body: (String?) throws -> Value) throws -> Value {
        let path = NSTemporaryDirectory() + "perilune-verify-\(getpid())"
        var scratch: String? = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } catch {
            scratch = nil
        }
        // What can't be removed is empty, and lies where the system cleans up.
        defer { if scratch != nil { try? FileManager.default.removeItem(atPath: path) } }
        return try body(scratch)
    }

    private func show(_ report: VerifyReport) {
        if json {
            let members: [String: JSONValue] = [
                "whole": .bool(report.isWhole), "holder": report.holder.map { .string($0) } ?? .null,
                "segments": .number(report.segments), "frames": .number(report.frames),
                "position": .number(report.lastPosition), "index_files": .number(report.indexFiles),
                "bytes": .number(report.bytes), "findings": .array(report.findings.map(FindingText.json)),
            ]
            return Console.standardOutput.line(JSONText.compact(.object(members)))
        }
        for finding in report.findings { Console.standardOutput.line(FindingText.text(finding)) }
        if let holder = report.holder, !report.findings.contains(where: { $0.kind == .inUse }) {
            Console.standardOutput.line("\(holder) has \(data); what it writes now isn't judged")
        }
        let read =
            "\(ByteText.count(report.frames, "frame")) up to position \(report.lastPosition), "
            + "\(ByteText.count(report.segments, "segment")), "
            + "\(ByteText.count(report.indexFiles, "index file")), \(ByteText.text(report.bytes))"
        let damage = report.findings.filter(\.isDamage).count
        Console.standardOutput.line(
            report.isWhole ? "whole: \(read)" : "damaged in \(ByteText.count(damage, "place")): \(read)"
        )
    }
}
