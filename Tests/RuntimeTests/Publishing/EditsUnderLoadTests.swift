import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Scripts are edited again and again while events flow: nothing is lost, nothing doubled, and nothing is
/// decided by a set that wasn't live where it stands in the log.
@Suite(.unlessItHangs) struct EditsUnderLoadTests {
    private static let edits = 60
    /// Every fourth edit is broken.
    private static let brokenEvery = 4
    private static let frameEvents = 25

    /// What it emits tells which edit decided it, in the handler and in the aggregate that it asks.
    private static func app(_ edit: Int) -> AppFixture {
        AppFixture(
            files: [
                "app.lua": """
                local edit = require "edit"
                aggregate "count" {
                  initial = { n = 0 },
                  commands = { add = function(count, args)
                    emit("Added", { n = count.n + 1, handler = args.edit, aggregate = edit.number }) end },
                  events = { Added = function(count, e) count.n = e.data.n end },
                }
                handler "react" {
                  on = "order.Placed",
                  run = function(e)
                    emit("seen-" .. e.key, "Seen", { number = e.data.number, edit = edit.number })
                    command("count", e.key, "add", { edit = edit.number })
                  end,
                }
                """,
                "edit.lua": "return { number = \(edit) }",
            ]
        )
    }

    private static let broken = [
        "return { number = }", "while true do end", "error('no')", "return { number = nil + 1 }",
    ]

    private static func edit(_ number: Int, _ fixture: HostFixture) async throws -> String? {
        guard number % brokenEvery == 0 else {
            let report = try await fixture.host.publish(try app(number).scripts())
            return report.hash
        }
        var files = app(number).files
        files["edit.lua"] = broken[number / brokenEvery % broken.count]
        let error = await #expect(throws: RuntimeError.self) {
            try await fixture.host.publish(try AppFixture(files: files).scripts())
        }
        #expect(error?.code == "publish-refused")
        return nil
    }

    @Test func `sixty edits, a fourth of them broken, while events flow`() async throws {
        var options = HostFixture.Options()
        options.recordsScripts = true
        try await withHost(Self.app(0), options: options) { fixture in
            var edits = [fixture.host.scripts.hash: 0]
            for number in 1...Self.edits {
                // Not waited for: their steps run while the scripts are exchanged.
                let frame = try (0..<Self.frameEvents).map { index in
                    let place = number * Self.frameEvents + index
                    return try EventText.event("order-\(index) Placed {\"number\":\(place)}")
                }
                _ = try await fixture.host.commit(NewFrame(events: frame))
                if let hash = try await Self.edit(number, fixture) { edits[hash] = number }
            }
            try await fixture.untilIdle()
            try Self.check(fixture, edits, placed: Self.edits * Self.frameEvents)
        }
    }

    private static func check(_ fixture: HostFixture, _ edits: [String: Int], placed: Int) throws {
        var live = 0
        var seen = Set<Int64>()
        var counts: [String: Int64] = [:]
        var request = ReadRequest(.all)
        var isDone = false
        while !isDone {
            let page = try fixture.log.read(request)
            for event in page.events {
                let data = try JSONValue(parsing: event.data)
                if event.stream.text == "$scripts-app" { live = edits[data["hash"]?.string ?? ""] ?? -1 }
                guard ["Seen", "Added"].contains(event.type) else { continue }
                let rule = try JSONValue(parsing: event.meta)["rule"]?.string ?? ""
                #expect(edits[rule] == live, "position \(event.position)")
                if event.type == "Seen" {
                    #expect(data["edit"]?.integer == Int64(live))
                    let isNew = seen.insert(data["number"]?.integer ?? -1).inserted
                    #expect(isNew, "doubled")
                } else {
                    #expect(
                        data["handler"]?.integer == Int64(live) && data["aggregate"]?.integer == Int64(live)
                    )
                    counts[event.stream.key, default: 0] += 1
                    #expect(data["n"]?.integer == counts[event.stream.key], "folded wrongly")
                }
            }
            request.after = page.scannedTo
            isDone = page.reachedEnd
        }
        #expect(seen.count == placed && counts.values.reduce(0, +) == Int64(placed))
        #expect(live == Self.edits - 1)
    }
}
