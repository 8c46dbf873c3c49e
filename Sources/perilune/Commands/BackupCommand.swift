import ArgumentParser
import AsyncHTTPClient
import EventLog
import Logging
import NIOCore
import Runtime

/// `perilune backup`: copies a log into a folder, while it goes on.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies a host's log into a folder, while the host goes on.",
        discussion: """
            The backup is a data folder without what is derived. Run it again into the same folder to copy \
            what is new, also when it was broken off. What is copied is checked frame by frame. The backup \
            of another log, or of another history of this one, is refused and left as it is. With --data it \
            copies a data folder that no host uses.

            Example: perilune backup /backup/orders --url http://127.0.0.1:7071
            """
    )

    @Argument(help: "The backup folder; it is made when there is none.")
    var folder: String

    @Option(help: "Copy this data folder, which no host may use meanwhile, instead of asking a host.")
    var data: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let bar = ProgressBar("backup")
        defer { bar.clear() }
        let report = try await FailureText.reporting(json: client.json) {
            guard let data else { return try await fromHost(bar) }
            return try await fromFolder(data, bar)
        }
        bar.clear()
        show(report)
    }

    private func fromFolder(_ data: String, _ bar: ProgressBar) async throws -> BackupReport {
        var logger = Logger(label: "perilune.log")
        logger.logLevel = .error
        let log = try await DiskLog.openExisting(folder: data, logger: logger)
        do {
            let report = try log.backup().copy(to: folder, progress: bar.progress)
            try await log.close()
            return report
        } catch {
            // The first error is the one to tell.
            try? await log.close()
            throw error
        }
    }

    private func fromHost(_ bar: ProgressBar) async throws -> BackupReport {
        var report: BackupReport?
        try await client.perform { api in
            let listing = try BackupListing(try await api.get(RequestPath(["backup"])))
            var writer = try BackupWriter(folder: folder, listing: listing)
            while let part = try writer.next() {
                let range = [
                    (name: "from", value: Optional(String(part.offset))),
                    (name: "to", value: String(part.segment.bytes)),
                ]
                let body = try await api.download(RequestPath(["backup", part.segment.name], range))
                try await Self.copy(body, from: api.url, to: &writer, bar)
            }
            report = try writer.finish()
        }
        guard let report else { preconditionFailure("what throws nothing has run to its end") }
        return report
    }

    private static func copy(
        _ body: HTTPClientResponse.Body,
        from url: String,
        to writer: inout BackupWriter,
        _ bar: ProgressBar
    ) async throws {
        var chunks = body.makeAsyncIterator()
        while true {
            let chunk: ByteBuffer?
            do {
                chunk = try await chunks.next()
            } catch {
                throw ClientError.unreachable(url: url, reason: "the answer broke off; run it again to go on")
            }
            guard let chunk else { return }
            try writer.write(Array(chunk.readableBytesView)[...])
            bar.show(writer.bytesDone, of: writer.listing.bytes)
        }
    }

    private func show(_ report: BackupReport) {
        if client.json {
            let members: [String: JSONValue] = [
                "position": .number(report.lastPosition), "segments": .number(report.segments),
                "segments_copied": .number(report.segmentsCopied),
                "bytes_copied": .number(report.bytesCopied), "bytes_kept": .number(report.bytesKept),
            ]
            return Console.standardOutput.line(JSONText.compact(.object(members)))
        }
        let copied = ByteText.text(report.bytesCopied)
        Console.standardOutput.line(
            "\(folder) holds the log up to position \(report.lastPosition): "
                + "copied \(copied) of \(ByteText.count(report.segmentsCopied, "segment")), "
                + "\(ByteText.text(report.bytesKept)) were there"
        )
    }
}
