import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What is written stays on the fork until it is sent.
@Suite struct ExplorerForkTests {
    @Test func `commands and appends change what the prompt sees, and not the log`() async throws {
        let bench = try await ExplorerBench(events: [#"counter-a Added {"amount":1}"#])
        let decided = try bench.values("command('counter', 'a', 'add', { amount = 2 })")
        #expect(decided.first == "true" && decided.last?.contains(#""type":"Added""#) == true)
        #expect(try bench.value("append('counter-a', 'Added', { amount = 4 }, { tags = { 'x' } })") == "true")
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":7}"#, "2"])
        #expect(try bench.value("#events('counter.*', { tag = 'x' })") == "1")
        #expect(bench.explorer.triedEvents == 2 && bench.log.lastPosition == 1)
        // The fork stands where it was begun, whatever comes.
        _ = try await bench.log.commit(NewFrame(events: [try EventText.event("note-1 Noted")]))
        #expect(try bench.value("#events('note.*')") == "0")
        #expect(bench.failure("at(1)")?.contains("commit() or discard() it first") == true)
        #expect(try bench.value("discard()") == #""the fork is as the log again""#)
        #expect(try bench.values("state('counter', 'a')") == [#"{"value":1}"#, "0"])
        #expect(try bench.value("#events('note.*')") == "1")
        #expect(bench.folder.sent.isEmpty)
    }

    @Test func `a refusal is a value, and makes the line negative`() async throws {
        let bench = try await ExplorerBench()
        let line = "command('counter', 'a', 'add', { amount = 2, limit = 1 })"
        let evaluation = try bench.explorer.evaluate(line)
        #expect(evaluation.isNegative)
        #expect(try bench.values(line).last == #"{"code":"over-the-limit","text":"the counter is at 0"}"#)
        #expect(bench.explorer.triedEvents == 0)
        #expect(bench.failure("command('counter', 'a', 'fail')")?.contains("broken on purpose") == true)
        #expect(bench.failure("command('counter', 'a', 'ad')")?.contains("\"add\"") == true)
        #expect(bench.failure("append('$host-x', 'Ticked')")?.contains("belongs to the host") == true)
        let after = try bench.explorer.evaluate("command('counter', 'a', 'add')")
        #expect(!after.isNegative)
    }

    @Test func `commit shows, sends each step on what was seen, and follows the log again`() async throws {
        let bench = try await ExplorerBench(events: [#"counter-a Added {"amount":1}"#])
        _ = try bench.values("command('counter', 'a', 'add')")
        _ = try bench.values("append('note-1', 'Noted')")
        #expect(bench.failure("commit()") != nil, "nobody can be asked")
        #expect(bench.folder.sent.isEmpty)
        bench.folder.shown = []
        #expect(try bench.values("commit({ yes = true })") == ["[]"])
        #expect(bench.folder.shown.first?["text"] == "command add of counter-a")
        #expect(bench.folder.shown.count == 4)
        guard case .command(let command)? = bench.folder.sent.first,
            case .append(let event, let expected)? = bench.folder.sent.last
        else { return #expect(Bool(false), "\(bench.folder.sent)") }
        #expect(command.name == "add" && command.expected == .exactly(0))
        #expect(event.type == "Noted" && expected == .none)
        #expect(bench.explorer.triedEvents == 0)
        #expect(try bench.value("commit()") == #""nothing to commit""#)
    }

    @Test func `what the host refuses stays on the fork`() async throws {
        let bench = try await ExplorerBench()
        _ = try bench.values("append('note-1', 'Noted')")
        bench.folder.answer = .refused(code: "condition-failed", text: "others were faster")
        #expect(try bench.values("commit({ yes = true })").first == "false")
        #expect(bench.explorer.triedEvents == 1)
    }

    @Test func `a commit tells how far it came when a step is refused, and goes on from there`() async throws
    {
        let bench = try await ExplorerBench()
        for key in ["a", "b", "c"] { _ = try bench.values("command('counter', '\(key)', 'add')") }
        bench.folder.answers = [
            .accepted([["position": 1]]), .refused(code: "over-the-limit", text: "there are enough"),
        ]
        let evaluation = try bench.explorer.evaluate("commit({ yes = true })")
        #expect(evaluation.isNegative && evaluation.values.first == .json(false))
        let expected: JSONValue = [
            "code": "over-the-limit", "text": "there are enough", "step": "command add of counter-b",
            "left": 2,
        ]
        #expect(evaluation.values.dropFirst() == [.json(expected), .json([["position": 1]])])
        #expect(bench.folder.shown.last?["text"] == "1 of 3 steps sent; 2 stay on the fork")
        #expect(bench.explorer.triedEvents == 2)
        // What was sent isn't sent again; what was refused is asked anew, under another key.
        #expect(try bench.value("commit({ yes = true })") == "[]")
        let names = bench.folder.sent.compactMap {
            if case .command(let command) = $0 { command.key } else { nil }
        }
        #expect(names == ["a", "b", "b", "c"] && Set(bench.folder.keys).count == 4)
        #expect(bench.explorer.triedEvents == 0)
    }

    @Test(arguments: [false, true])
    func `a step that nobody knows the end of is sent again under its key`(together: Bool) async throws {
        let bench = try await ExplorerBench()
        if !together { _ = try bench.values("command('counter', 'a', 'add')") }
        _ = try bench.values("append('note-1', 'Noted')")
        bench.folder.answers = together ? [nil] : [.accepted([]), nil]
        #expect(bench.failure("commit({ yes = true })")?.contains("the host is away") == true)
        let progress = together ? "0 of 1 step sent; 1 stays" : "1 of 2 steps sent; 1 stays"
        #expect(bench.folder.shown.last?["text"]?.string?.hasPrefix(progress) == true)
        #expect(bench.explorer.triedEvents == 1)
        let key = try #require(bench.folder.keys.last)
        _ = try bench.values("commit({ yes = true })")
        #expect(bench.folder.keys.last == key)
        #expect(bench.explorer.triedEvents == 0)
    }

    @Test func `with the net off everything goes to the host at once`() async throws {
        let bench = try await ExplorerBench(isWriting: true)
        #expect(try bench.value("command('counter', 'a', 'add')") == "true")
        #expect(try bench.value("append('note-1', 'Noted')") == "true")
        #expect(bench.folder.sent.count == 2 && bench.explorer.triedEvents == 0)
    }

    @Test func `what was tried is dropped though the host is away`() async throws {
        let bench = try await ExplorerBench(events: [#"counter-a Added {"amount":1}"#])
        _ = try bench.values("command('counter', 'a', 'add', { amount = 2 })")
        bench.folder.isAway = true
        #expect(try bench.value("discard()") == #""the fork is as the log again""#)
        #expect(bench.explorer.triedEvents == 0 && bench.explorer.position == 1)
        #expect(bench.failure("events()")?.contains("the host is away") == true)
        bench.folder.isAway = false
        #expect(try bench.value("#events()") == "1")
    }

    @Test func `what was committed is told though the host goes away behind it`() async throws {
        let bench = try await ExplorerBench()
        bench.folder.answer = .accepted([["stream": "counter-a", "type": "Added"]])
        _ = try bench.values("command('counter', 'a', 'add', { amount = 2 })")
        bench.folder.isAway = true
        #expect(try bench.value("commit({ yes = true })")?.contains("counter-a") == true)
        #expect(bench.explorer.triedEvents == 0 && bench.folder.sent.count == 1)
    }
}
