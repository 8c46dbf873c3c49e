import TestSupport
import Testing

@testable import Runtime

/// What is shown as it comes.
@Suite struct ExplorerLiveTests {
    private static let history = [
        #"counter-a Added {"amount":1}"#, #"counter-b Added {"amount":5}"#, #"counter-a Added {"amount":2}"#,
        #"note-1 Noted {"text":"hi"}"#,
    ]

    private static func event(_ position: Int64, _ stream: String) -> JSONValue {
        let category = stream.prefix { $0 != "-" }
        return [
            "position": .integer(position), "stream": .string(stream), "category": .string(String(category)),
            "type": "Added", "data": ["amount": 1],
        ]
    }

    private func shown(_ bench: ExplorerBench) -> [Int64?] {
        defer { bench.folder.shown = [] }
        return bench.folder.shown.map { $0["event"]?["position"]?.integer }
    }

    @Test func `a tail catches up, then goes on behind that`() async throws {
        let bench = try await ExplorerBench(events: Self.history)
        bench.folder.live = [Self.event(5, "counter-c"), Self.event(6, "$host-x"), Self.event(7, "note-2")]
        #expect(try bench.values("tail('counter.*', { from = 1 })").isEmpty)
        #expect(shown(bench) == [1, 2, 3, 5, 6, 7])
        #expect(bench.folder.followed["after"] == 4 && bench.folder.followed["pattern"] == "counter.*")
        #expect(try bench.values("tail('counter.*', { from = 1, last_per_key = true })").isEmpty)
        #expect(shown(bench) == [2, 3])
        #expect(try bench.values("tail('*.*', { from = 1, count = 2 })").isEmpty)
        #expect(shown(bench) == [1, 2])
    }

    @Test func `a tail from now on shows what its function picks, and not the host's own`() async throws {
        let bench = try await ExplorerBench(events: Self.history)
        bench.folder.live = [
            Self.event(5, "$host-x"), Self.event(6, "counter-a"), Self.event(7, "counter-b"),
        ]
        let line = "tail({ where = function(e) return e.stream ~= 'counter-b' end })"
        #expect(try bench.values(line).isEmpty)
        #expect(shown(bench) == [6])
        #expect(bench.folder.followed["after"] == nil)
    }

    @Test func `a watch shows what its function gives, each time anew`() async throws {
        let bench = try await ExplorerBench(events: Self.history)
        #expect(try bench.values("n = 0; watch(1, function() n = n + 1 return n end, { count = 3 })").isEmpty)
        #expect(bench.folder.shown.map { $0["value"] } == [1, 2, 3])
    }
}
