import EventLog
import Logging
import Runtime
import TestSupport
import Testing

@testable import perilune

/// From a log to a fixture, and from there into a spec.
@Suite struct CaptureTests {
    /// A log of five events: two of orders, two of the host, one of a stock.
    private static func log() async throws -> MemoryLog {
        let log = MemoryLog(identity: .random(), clock: { 1_785_542_400_000_042 })
        let meta = #"{"by":"order.place","causation":"x","correlation":"y","rule":"z","desk":4,"schema":2}"#
        let events: [(stream: String, type: String, data: String, meta: String, tags: [String])] = [
            ("order-1", "Placed", #"{"customer":"ada","total":5}"#, meta, ["customer:ada"]),
            ("$command-order-1", "CommandAccepted", "{}", "", []),
            ("stock-tea", "Added", "", "", []),
            ("order-1", "Paid", #"{"amount":5.0}"#, "{}", []),
            ("$schedule-x", "ScheduleTicked", "{}", "", []),
        ]
        for event in events {
            let new = NewEvent(
                stream: try StreamName(event.stream),
                type: event.type,
                data: Array(event.data.utf8)[...],
                meta: Array(event.meta.utf8)[...],
                tags: event.tags
            )
            _ = try await log.commit(NewFrame(events: [new]))
        }
        return log
    }

    private static func capture(
        _ range: String,
        of log: MemoryLog,
        where wants: @escaping (CapturedEvent) -> Bool = { !$0.isHostOwned }
    ) throws -> [CapturedEvent] {
        let range = try #require(PositionRange(argument: range))
        return try CaptureSource(range: range, wants: wants).events(of: log)
    }

    @Test func `a fixture has what scripts see of the events, one a line`() async throws {
        let events = try Self.capture("1..5", of: try await Self.log())
        let time = "2026-08-01T00:00:00.000042Z"
        #expect(
            FixtureDocument(events: events, redacted: []).text == """
                {"format":"perilune-fixture","version":1,"events":[
                {"data":{"customer":"ada","total":5},"meta":{"desk":4},"schema":2,"stream":"order-1",\
                "tags":["customer:ada"],"time":"\(time)","type":"Placed"},
                {"stream":"stock-tea","time":"\(time)","type":"Added"},
                {"data":{"amount":5.0},"stream":"order-1","time":"\(time)","type":"Paid"}
                ]}

                """
        )
    }

    @Test(arguments: [
        ("1..5", [1, 3, 4]), ("2..3", [3]), ("4..", [4]), ("..1", [1]), ("3", [3]), ("5..9", []), ("9..", []),
    ])
    func `a range has both of its ends`(range: String, positions: [Position]) async throws {
        #expect(try Self.capture(range, of: try await Self.log()).map(\.position) == positions)
    }

    @Test func `the host's own events come when they are asked for`() async throws {
        let all = try Self.capture("1..5", of: try await Self.log()) { _ in true }
        #expect(all.map(\.position) == [1, 2, 3, 4, 5])
    }

    @Test(arguments: ["0", "5..4", "..", "", "a..b", "1..2..3", "-1..4", "1...4"])
    func `what is no range is refused`(text: String) {
        #expect(PositionRange(argument: text) == nil)
    }

    @Test func `an event of the API is the same as that of the log`() async throws {
        let log = try await Self.log()
        let recorded = try log.read(ReadRequest(.all, limit: 1)).events[0]
        let body =
            #"{"position":1,"stream":"order-1","revision":0,"type":"Placed","id":"i","#
            + #""time":"2026-08-01T00:00:00.000042Z","tags":["customer:ada"],"#
            + #""data":{"total":5,"customer":"ada"},"meta":{"schema":2,"by":"order.place","desk":4}}"#
        #expect(try CapturedEvent(JSONValue(parsing: body)) == CapturedEvent(recorded))
        #expect(CapturedEvent(.object(["stream": .string("a-1")])) == nil)
    }

    @Test func `a stream that begins before the range is named`() async throws {
        let log = try await Self.log()
        #expect(
            FixtureDocument(events: try Self.capture("2..", of: log), redacted: []).cutStreams == ["order-1"]
        )
        #expect(FixtureDocument(events: try Self.capture("1..", of: log), redacted: []).cutStreams == [])
    }

    @Test func `a spec reads what was captured`() async throws {
        let events = try Self.capture("1..", of: try await Self.log())
        let app: AppFixture = """
            aggregate "order" { initial = { sum = 0 }, events = {
              Placed = function(o, e) o.sum = o.sum + e.data.total o.tag = e.tags[1] end,
              Paid = function(o, e) o.sum = o.sum - e.data.amount end,
            } }
            """
        let specs = """
            spec("it", function()
              given.fixture("f.json")
              expect.state("order-1", { sum = 0, tag = "customer:ada" })
              expect.equal(now(), 1785542400000)
            end)
            """
        let text = FixtureDocument(events: events, redacted: []).text
        let runner = try SpecRunner(
            scripts: try app.scripts(),
            files: [SpecFile(name: "a_spec.lua", text: Array(specs.utf8))],
            fixtures: SpecFixtures(["f.json": Array(text.utf8)]),
            logger: Logger(label: "specs") { _ in SwiftLogNoOpLogHandler() }
        )
        #expect(runner.run().map(\.failure?.text) == [nil])
    }
}
