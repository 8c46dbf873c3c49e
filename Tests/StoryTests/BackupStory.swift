import Foundation
import Testing

extension Stories {
    /// A host is backed up while it works, lost, and made again as it was: all with the command line.
    struct BackupStory {
        private struct BackupAnswer: Decodable {
            let position: Int
            let bytesCopied: Int
            let bytesKept: Int

            private enum CodingKeys: String, CodingKey {
                case position
                case bytesCopied = "bytes_copied"
                case bytesKept = "bytes_kept"
            }
        }

        private struct RestoreAnswer: Decodable {
            let position: Int
        }

        private struct VerifyAnswer: Decodable {
            struct Finding: Decodable {
                let code: String
                let file: String
            }

            let whole: Bool
            let position: Int
            let findings: [Finding]
        }

        @Test func `a host under load is backed up, restored to a moment, and goes on from there`()
            async throws
        {
            let folder = try TemporaryFolder()
            let backup = folder.path + "/backup"
            var history: [StoredEvent] = []
            try await HostProcess.with { host in
                let line = CommandLineClient(host)
                async let load: Void = Self.placeOrders(60, at: host)
                var kept = 0
                for _ in 0..<4 {
                    let report = try await line.machine(BackupAnswer.self, "backup", backup)
                    #expect(report.bytesKept >= kept)
                    kept = report.bytesKept + report.bytesCopied
                    #expect(try await Self.verify(backup).whole)
                }
                try await load
                try await APIClient(host).settled()
                let said = try await line.people("backup", backup)
                history = try await APIClient(host).events()
                #expect(said.contains("up to position \(history.count)"), "\(said)")
                try await Self.checkBesideHost(host, backup: backup)
            }
            #expect(try await Self.verify(backup).position == history.count)
            for position in [history.count, history.count / 2] {
                try await Self.restore(backup, to: position, in: folder, as: history)
            }
        }

        private static func placeOrders(_ count: Int, at host: HostProcess) async throws {
            let client = APIClient(host)
            _ = try await client.command("stock/teapot/restock", #"{"quantity":1000}"#, key: "stock")
            for number in 0..<count {
                let order = #"{"customer":"c\#(number)","lines":[{"sku":"teapot","quantity":1,"price":5}]}"#
                _ = try await client.command("order/\(number)/place", order, key: "order-\(number)")
            }
        }

        private static func verify(_ folder: String) async throws -> VerifyAnswer {
            try await CommandLineRun.finish(["verify", folder, "--json"]).json(VerifyAnswer.self)
        }

        /// What can and can't be done with the folder that a host has.
        private static func checkBesideHost(_ host: HostProcess, backup: String) async throws {
            let pid = try #require(await host.pid)
            let doctor = try await CommandLineRun.finish(["doctor", "--data", host.data])
            #expect(doctor.end == .code(0), "\(doctor)")
            for word in ["pid \(pid)", "perilune", "sqlite", "a flush takes", "zeros ahead"] {
                #expect(doctor.output.contains(word), "\(doctor)")
            }
            let beside = try await CommandLineRun.finish(["verify", host.data])
            #expect(beside.end == .code(0) && beside.output.contains("pid \(pid)"), "\(beside)")
            for arguments in [
                ["backup", backup, "--data", host.data], ["restore", host.data, backup + "-2"],
                ["backup", host.data, "--url", host.url],
            ] {
                let refused = try await CommandLineRun.finish(arguments)
                #expect(refused.end == .code(1) && refused.errors.contains("log-locked"), "\(refused)")
                #expect(refused.errors.contains("pid \(pid)"), "\(refused)")
            }
        }

        /// Restores to a position, runs a host on that, and compares what it holds.
        private static func restore(
            _ backup: String,
            to position: Int,
            in folder: TemporaryFolder,
            as history: [StoredEvent]
        ) async throws {
            let host = try HostProcess(app: Places.ordersApp, folder: try TemporaryFolder())
            let run = try await CommandLineRun.finish([
                "restore", backup, host.data, "--to", "\(position)", "--json",
            ])
            let restored = try run.json(RestoreAnswer.self).position
            #expect(restored <= position && restored > position - 10)
            #expect(try await CommandLineRun.finish(["verify", host.data]).end == .code(0))
            let again = try await CommandLineRun.finish(["restore", backup, host.data])
            #expect(again.end == .code(1) && again.errors.contains("folder-not-empty"), "\(again)")
            try await host.start()
            let client = APIClient(host)
            try await client.append("Noted", to: "note-1")
            let events = try await client.events()
            #expect(Array(events.prefix(restored)) == Array(history.prefix(restored)))
            #expect(events.count > restored && events.filter { $0.stream == "note-1" }.count == 1)
            if restored == history.count {
                // The handlers had done everything, and do nothing twice.
                try await client.settled()
                #expect(
                    try await client.events().filter { $0.type == "OrderPaid" || $0.type == "OrderReserved" }
                        == history.filter { $0.type == "OrderPaid" || $0.type == "OrderReserved" }
                )
            }
            try await host.kill()
            if restored < history.count {
                let refused = try await CommandLineRun.finish(["backup", backup, "--data", host.data])
                #expect(refused.end == .code(1) && refused.errors.contains("backup-mismatch"), "\(refused)")
            }
        }

        @Test func `damage is named by verify and doctor, and a wrong command line by itself`() async throws {
            let folder = try TemporaryFolder()
            let backup = folder.path + "/backup"
            try await HostProcess.with { host in
                let client = APIClient(host)
                for _ in 0..<10 { try await client.append("Noted", to: "note-1") }
                _ = try await CommandLineClient(host).people("backup", backup)
                try await host.kill()
                let again = try await CommandLineRun.finish(["backup", backup, "--data", host.data])
                #expect(again.end == .code(0) && again.output.contains("position"), "\(again)")
            }
            let segment = backup + "/log/00000000000000000001.log"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: segment))
            bytes[4_140] ^= 1
            try bytes.write(to: URL(fileURLWithPath: segment))
            for command in [["verify", backup], ["doctor", "--data", backup]] {
                let run = try await CommandLineRun.finish(command)
                #expect(run.end == .code(1), "\(run)")
                #expect(run.output.contains("frame-damaged: \(segment) at byte 4096"), "\(run)")
                #expect(run.output.contains("hint: restore"), "\(run)")
            }
            #expect(try await Self.verify(backup).findings.map(\.code) == ["frame-damaged"])
            let restore = try await CommandLineRun.finish(["restore", backup, folder.path + "/new"])
            #expect(
                restore.end == .code(1) && restore.errors.contains("up to position 0 is whole"),
                "\(restore)"
            )
            for missing in [
                ["verify", folder.path + "/nowhere"], ["doctor", "--data", folder.path + "/nowhere"],
                ["restore", folder.path + "/nowhere", folder.path + "/x"],
                ["backup", folder.path + "/x", "--data", folder.path + "/nowhere"],
            ] {
                let run = try await CommandLineRun.finish(missing)
                #expect(run.end == .code(1) && run.errors.contains("no-log"), "\(run)")
            }
            for wrong in [["restore", backup], ["restore", backup, "x", "--to", "noon"], ["verify"]] {
                let run = try await CommandLineRun.finish(wrong)
                #expect(run.end == .code(64), "\(run)")
            }
            let doctor = try await CommandLineRun.finish(["doctor", "--json"])
            #expect(doctor.end == .code(0) && doctor.output.contains(#""lua":"5.4"#), "\(doctor)")
        }
    }
}
