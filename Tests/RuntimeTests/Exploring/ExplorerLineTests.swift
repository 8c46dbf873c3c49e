import TestSupport
import Testing

@testable import Runtime

/// Lines, whatever they are about.
@Suite struct ExplorerLineTests {
    @Test func `an expression gives its values, and a statement none`() async throws {
        let bench = try await ExplorerBench()
        #expect(try bench.values("1 + 1") == ["2"])
        #expect(try bench.values("1, 'a', nil, { 3 }") == ["1", #""a""#, "null", "[3]"])
        #expect(try bench.values("local x = 1").isEmpty)
        #expect(try bench.values("return 5") == ["5"])
        #expect(try bench.values("-- nothing").isEmpty)
        #expect(try bench.value("json.encode({ a = 1 })") == #""{\"a\":1}""#)
    }

    @Test func `a line keeps its globals and the last result for the next`() async throws {
        let bench = try await ExplorerBench()
        #expect(try bench.values("x = 20").isEmpty)
        #expect(try bench.value("x * 2") == "40")
        #expect(try bench.value("_ + 2") == "42")
        #expect(try bench.values("function twice(n) return 2 * n end").isEmpty)
        #expect(try bench.value("twice(_)") == "84")
        #expect(bench.explorer.globalNames().contains("twice"))
    }

    @Test func `what JSON can't hold is shown as text`() async throws {
        let bench = try await ExplorerBench()
        #expect(try bench.value("print") == "text: function")
        #expect(try bench.value("{ [1] = 1, a = tostring }") == "text: { [1] = 1, a = function }")
        #expect(try bench.value("0/0") == "text: nan")
        #expect(try bench.value(#""\xff""#)?.hasPrefix("text: ") == true)
    }

    @Test(arguments: ["f(", "x = {", "for i = 1, 3 do", "1 +", "return", "function f()", "[[ a"])
    func `a line that isn't over is incomplete`(line: String) async throws {
        let bench = try await ExplorerBench()
        guard line != "return" else { return #expect(try bench.values(line).isEmpty) }
        #expect(bench.failure(line) == "incomplete")
    }

    @Test func `an error says where, and leaves the prompt usable`() async throws {
        let bench = try await ExplorerBench()
        let text = bench.failure("local a = 1\nerror('boom')") ?? ""
        #expect(text.contains("input 1:2: boom") && text.contains("> 2 | error('boom')"), "\(text)")
        #expect(bench.failure("x =")?.contains("incomplete") == true)
        #expect(bench.failure("nosuch()")?.contains("global 'nosuch'") == true)
        #expect(bench.failure(#"state("conter", "1")"#)?.contains("counter") == true)
        #expect(bench.failure(#"events("counter.*", { lst = 3 })"#)?.contains(#""last""#) == true)
        #expect(bench.failure("events({ last = -1 })")?.contains("0 or more") == true)
        #expect(bench.failure("watch(1e300, print)")?.contains("up to a day") == true)
        #expect(bench.failure("at(-1)") != nil && bench.failure("why(-1)") != nil)
        #expect(try bench.value("1") == "1")
    }

    @Test func `another thread ends what runs, and no script can catch it`() async throws {
        let bench = try await ExplorerBench()
        #expect(
            bench.interrupted("while true do pcall(function() while true do end end) end") == "interrupted"
        )
        #expect(try bench.value("2") == "2")
    }

    @Test func `the app's own modules and the library can be required`() async throws {
        let rules = "return { twice = function(n) return 2 * n end }"
        let app = AppFixture(files: ["app.lua": "", "rules.lua": rules])
        let bench = try await ExplorerBench(app)
        #expect(try bench.value("require('rules').twice(21)") == "42")
        #expect(try bench.value("require('list').sum({ 1, 2 })") == "3")
    }

    @Test func `every word of the prompt is explained`() async throws {
        let bench = try await ExplorerBench()
        let words = [
            "append", "at", "command", "commit", "diff", "discard", "events", "help", "parked", "processors",
            "query", "reload", "state", "stream", "streams", "tail", "try", "watch", "why",
        ]
        #expect(Words.console.map(\.name) == words)
        for word in words {
            let text = try bench.value("help(\"\(word)\")") ?? ""
            #expect(text.contains("\\n  "), "\(text)")
            #expect(try bench.value("type(\(word))") == #""function""#)
        }
        #expect(try bench.value("help('money.allocate')")?.contains("money.allocate(") == true)
        #expect(bench.failure("help('tial')")?.contains(#"did you mean "tail"?"#) == true)
    }
}
