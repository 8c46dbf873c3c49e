import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What a log names, looked up while it is being read.
@Suite struct KnownNameTests {
    private func commit(_ count: Int, from first: Int = 0, to log: MemoryLog) async throws {
        for start in stride(from: first, to: first + count, by: 1_000) {
            let events = try (start..<min(start + 1_000, first + count)).map {
                NewEvent(stream: try StreamName("counter-\(1_000_000 + $0)"), type: "Added", data: [])
            }
            _ = try await log.commit(NewFrame(events: events))
        }
    }

    @Test func `an old key among a hundred thousand is found, and a look-up reads nothing`() async throws {
        let log = MemoryLog()
        try await commit(100_000, to: log)
        let seen = InterceptedLog(over: log)
        let known = KnownNames()
        #expect(!known.reaches(1))
        // Tests beside this one go on between two pages.
        while try known.readPage(of: seen) { await Task.yield() }
        #expect(known.reaches(100_000))
        let reads = seen.reads.count
        #expect(reads <= 101, "a page holds a thousand")
        let found = known.matches("counter-100000", limit: 60)
        #expect(found.names == (0...9).map { "counter-100000\($0)" } && found.common == "counter-100000")
        #expect(known.matches("1099999", limit: 60).names == ["1099999"])
        #expect(known.matches("counter-", limit: 3).names.count == 3)
        #expect(known.matches("counter-", limit: 3).common == "counter-10", "of all of them")
        #expect(known.matches("nosuch", limit: 60) == NameMatches())
        #expect(seen.reads.count == reads)
        // Afterwards only what is new is read.
        try await commit(1, from: 200_000, to: log)
        #expect(!known.reaches(100_001))
        while try known.readPage(of: seen) {}
        #expect(seen.reads.count == reads + 1)
        #expect(known.matches("counter-12", limit: 60).names == ["counter-1200000"])
    }

    @Test func `the newest names are known first, and what comes meanwhile before what is older`()
        async throws
    {
        let log = MemoryLog()
        try await commit(3_000, to: log)
        let known = KnownNames()
        #expect(try known.readPage(of: log))
        #expect(known.matches("counter-1002999", limit: 1).names.count == 1)
        #expect(known.matches("counter-1001999", limit: 1).names.isEmpty)
        try await commit(1, from: 5_000, to: log)
        #expect(try known.readPage(of: log))
        #expect(known.matches("counter-1005000", limit: 1).names.count == 1)
        #expect(known.matches("counter-1001999", limit: 1).names.isEmpty)
        #expect(try known.readPage(of: log))
        #expect(known.matches("counter-1001999", limit: 1).names.count == 1)
    }

    @Test func `an empty log names nothing, and reading it ends`() throws {
        let known = KnownNames()
        #expect(try known.readPage(of: MemoryLog()))
        #expect(try !known.readPage(of: MemoryLog()))
    }

    @Test func `what the host keeps for itself isn't named`() async throws {
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: [try EventText.event("$host-x Ticked {}")]))
        let known = KnownNames()
        while try known.readPage(of: log) {}
        #expect(known.matches("", limit: 60) == NameMatches())
    }

    @Test(arguments: [["b", "a"], ["ä", "a", "z", "äö"], ["🙂", "日本", "a", "🙂🙂"], []])
    func `names are sorted once each, and found by how they begin`(names: [String]) {
        var sorted = SortedNames(names + names)
        sorted.insert(SortedNames(["m", "a"]))
        let all = Set(names + ["m", "a"])
        #expect(Set(sorted.all) == all && sorted.all.count == all.count)
        for start in all.union(["", "x"]) {
            let expected = all.filter { $0.utf8.starts(with: start.utf8) }
            #expect(Set(sorted.matches(start, limit: 60).names) == expected, "\(start)")
        }
    }

    @Test func `an app's own names and those of the fork are offered beside the log's`() async throws {
        let bench = try await ExplorerBench(events: [#"counter-a Added {"amount":1}"#])
        while try bench.explorer.known.readPage(of: bench.log) {}
        _ = try bench.values("append('counter-b', 'Lost', {})")
        func names(_ start: String) -> [String] { bench.explorer.names(startingWith: start, limit: 9).names }
        #expect(names("counter") == ["counter", "counter-a", "counter-b", "counter.Added", "counter.Lost"])
        #expect(names("noth") == ["nothing"])
        #expect(bench.explorer.names(startingWith: "counter-", limit: 1).common == "counter-")
    }
}
