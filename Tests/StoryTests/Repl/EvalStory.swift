import Foundation
import Testing

extension Stories {
    /// The words of the prompt from a script, with its exit codes.
    struct EvalStory {
        private struct Failure: Decodable {
            let code: String
        }

        private static let restock = #"command("stock", "pear", "restock", { quantity = 3 })"#

        @Test func `eval looks, tries and refuses, and writes nothing until it is told to`() async throws {
            let folder = try TemporaryFolder()
            try await HostProcess.with(in: folder) { host in
                let line = CommandLineClient(host)
                _ = try await line.people("command", "stock", "pear", "restock", #"{"quantity":3}"#)
                #expect(try await line.people("eval", "1 + 1") == "2\n")
                #expect(try await line.people("eval", "--json", "{ a = { 1, 2 } }") == #"{"a":[1,2]}"# + "\n")
                let state = try await line.people("eval", #"state("stock", "pear").available"#)
                #expect(state == "3\n")
                // On the fork, and gone with it.
                let tried = try await line.people(
                    "eval",
                    Self.restock + #"; return state("stock", "pear").available"#
                )
                #expect(tried == "6\n")
                #expect(try await line.people("eval", #"#events("stock.*")"#) == "1\n")
                // What is about to be sent is for whoever looks on, and no value.
                let yes = #"commit({ yes = true }); return state("stock", "nut").available"#
                let nuts = Self.restock.replacing("pear", with: "nut")
                let aside = try await line.run(["eval", "--json", nuts + "; " + yes])
                #expect(aside.end == .code(0) && aside.output == "3\n", "\(aside)")
                #expect(aside.errors.contains("stock-nut@0"), "\(aside)")
                let sent = try await line.people("eval", Self.restock + "; return #commit({ yes = true })")
                #expect(sent.hasSuffix("\n1\n"), "\(sent)")
                #expect(try await line.people("eval", #"#stream("stock-pear")"#) == "2\n")
                _ = try await line.people("eval", "--write", Self.restock)
                let tail = try await line.people("eval", #"tail("stock.*", { from = 1, count = 4 })"#)
                #expect(tail.split(separator: "\n").count == 4 && tail.contains("stock-pear@2"), "\(tail)")
                let query = #"return query("stock-level", { sku = "pear" }).available"#
                #expect(try await line.people("eval", query) == "9\n")
                // Rows of the past, and of a fork.
                #expect(try await line.people("eval", "at(8); " + query) == "3\n")
                #expect(try await line.people("eval", Self.restock + "; " + query) == "12\n")
            }
            let data = folder.path + "/data"
            let past = try await CommandLineRun.finish([
                "eval", #"at(8); return state("stock", "pear").available"#, "--data", data,
            ])
            #expect(past.end == .code(0) && past.output == "3\n", "\(past)")
            let rows = try await CommandLineRun.finish([
                "eval", #"query("stock-level", { sku = "pear" }).available"#, "--data", data,
            ])
            #expect(rows.end == .code(0) && rows.output == "9\n", "\(rows)")
            let asked = try await CommandLineRun.finish(["eval", "processors()", "--data", data])
            #expect(asked.end == .code(1) && asked.errors.contains("needs a running host"), "\(asked)")
        }

        @Test func `keys of any letters, and an event of a megabyte, come through whole`() async throws {
            try await HostProcess.with { host in
                let line = CommandLineClient(host)
                let key = "東京-Müller-👩‍👩‍👧"
                let restock = #"command("stock", "\#(key)", "restock", { quantity = 3 })"#
                _ = try await line.people("eval", "--write", restock)
                let state = #"state("stock", "\#(key)").available"#
                #expect(try await line.people("eval", state) == "3\n")
                let events = #"stream("stock-\#(key)")[1].key, events("stock.*")[1].stream"#
                #expect(try await line.people("eval", "--json", events) == "[\"\(key)\",\"stock-\(key)\"]\n")
                let large = #"append("note-1", "Noted", { text = ("x"):rep(1000000) })"#
                _ = try await line.people("eval", "--write", large + "; return 1")
                #expect(try await line.people("eval", #"#events("note.*")[1].data.text"#) == "1000000\n")
                let tail = #"tail("note.*", { from = 1, count = 1 })"#
                let shown = try await line.people("eval", "--json", tail)
                #expect(shown.utf8.count > 1_000_000 && shown.split(separator: "\n").count == 1)
            }
        }

        @Test func `a pipe that breaks ends what writes into it, without a word`() async throws {
            let folder = try TemporaryFolder()
            try await HostProcess.with { host in
                let loop = "for i = 1, 1000000 do print(i) end"
                let command = "'\(try Places.binary())' eval '\(loop)' --url \(host.url)"
                let process = try ChildProcess(
                    "/bin/sh",
                    ["-c", "\(command) | head -n 1"],
                    output: folder.path + "/output",
                    errors: folder.path + "/errors"
                )
                #expect(try await process.ended() == .code(0))
                #expect(TemporaryFolder.text(of: folder.path + "/output") == "1\n")
                #expect(TemporaryFolder.text(of: folder.path + "/errors").isEmpty)
            }
        }

        @Test func `what takes many pages to read is all there, once, either way`() async throws {
            let count = 4_500
            try await HostProcess.with { host in
                let line = CommandLineClient(host)
                let client = APIClient(host)
                for start in stride(from: 0, to: count, by: 500) {
                    let list = (start..<start + 500).map { #"{"type":"Noted","data":{"n":\#($0)}}"# }
                    let body = "[" + list.joined(separator: ",") + "]"
                    let _: AppendAnswer = try await client.expect(201, .post("/streams/note-1", body))
                }
                let sum =
                    "local s, n = 0, 0 for _, e in ipairs(l) do s, n = s + e.data.n, n + 1 end return n, s"
                let expected = "\(count)\n\(count * (count - 1) / 2)\n"
                for read in [
                    "events('note.*', { from = 1, limit = 9000 })", "events('*.Noted', { last = 4500 })",
                    "stream('note-1', { limit = 9000 })", "stream('note-1', { last = 4500 })",
                ] {
                    #expect(try await line.people("eval", "local l = \(read) " + sum) == expected, "\(read)")
                }
                let middle = "stream('note-1', { from = 2500, limit = 3 })[3].data.n"
                #expect(try await line.people("eval", middle) == "2502\n")
                let newest =
                    "events('note.*', { to = events('note.*', { last = 10 })[1].position, last = 2 })"
                #expect(try await line.people("eval", newest + "[2].data.n") == "\(count - 10)\n")
            }
        }

        @Test func `eval says by its exit code what came of it`() async throws {
            let folder = try TemporaryFolder()
            let script = try folder.write("lines.lua", "local a = 1\nreturn a + 1\n")
            try await HostProcess.with(in: folder) { host in
                let line = CommandLineClient(host)
                #expect(try await line.people("eval", "-f", script) == "2\n")
                let wrong = try await line.run(["eval", "error('boom')"])
                #expect(wrong.end == .code(1) && wrong.errors.contains("input 1:1: boom"), "\(wrong)")
                let open = try await line.run(["eval", "f("])
                #expect(open.end == .code(1) && open.errors.contains("something is still open"), "\(open)")
                let refused = try await line.run(["eval", #"command("order", "1", "pay", { amount = 1 })"#])
                #expect(refused.end == .code(2) && refused.output.contains("unknown-order"), "\(refused)")
                let unknown = try await line.run(["eval", "--json", #"query("nosuch")"#])
                #expect(unknown.end == .code(1), "\(unknown)")
                let document = try JSONDecoder().decode(Failure.self, from: Data(unknown.errors.utf8))
                #expect(document.code == "unknown-query")
                let both = try await line.run(["eval", "1", "-f", script])
                #expect(both.end == .code(64), "\(both)")
                try await host.kill()
                let away = try await line.run(["eval", "1"])
                #expect(away.end == .code(69) && away.errors.contains("host-unreachable"), "\(away)")
            }
        }
    }
}
