import Foundation
import Runtime
import TestSupport
import Testing

/// `given.fixture`: events that were captured from a log.
@Suite struct SpecFixtureTests {
    private static let app: AppFixture = """
        aggregate "order" {
          initial = { total = 0 },
          commands = { pay = function(order) emit("Paid", { amount = order.total, at = now() }) end },
          events = { Placed = function(order, e) order.total = e.data.total end },
        }
        event "order.Placed" { version = 2, fields = { total = "integer" } }
        upcast("order.Placed", 1, function(data) data.total = data.amount * 100 return data end)
        projection "seen" {
          on = "*.*", tables = { seen = "position integer primary key, type, at, desk" },
          run = function(e, db)
            db.exec("insert into seen values (?, ?, ?, ?)", e.position, e.type, e.time, e.meta.desk)
          end,
        }
        """

    private static let head = #"{"format":"perilune-fixture","version":1,"events":["#
    private static let placed =
        #"{"stream":"order-1","type":"Placed","data":{"amount":5},"time":"2026-08-01T00:00:00.000042Z"}"#
    private static let paid =
        #"{"stream":"order-2","type":"Placed","data":{"total":7},"schema":2,"#
        + #""tags":["a:1"],"meta":{"desk":4},"time":"2026-08-01T00:00:01Z"}"#

    /// What a spec with this body failed with, over a fixture `f.json` of this text.
    private static func failure(_ text: String, _ body: String) throws -> ScriptFailure? {
        let file = SpecFile(
            name: "rules_spec.lua",
            text: Array("spec(\"it\", function()\n\(body)\nend)".utf8)
        )
        let runner = try SpecRunner(
            scripts: try app.scripts(),
            files: [file],
            fixtures: SpecFixtures(["f.json": Array(text.utf8)]),
            logger: .quiet
        )
        return runner.run(runner.specs[0]).failure
    }

    @Test(arguments: [
        // Old data is upcast; the time goes on from the last event's.
        #"when("order-1", "pay") expect("order-1", { "Paid", { amount = 500, at = 1785542401000 } })"#,
        #"expect.state("order-2", { total = 7 })"#,
        #"expect.rows("seen", { position = 1, type = "Placed", at = 1785542400000 }, "#
            + #"{ position = 2, type = "Placed", at = 1785542401000, desk = 4 })"#,
        #"given("order-3", { "Placed", { total = 1 } }) given.fixture("f.json") "#
            + #"expect.state("order-1", { total = 500 })"#,
    ])
    func `a spec goes on from what was captured`(body: String) throws {
        let text = Self.head + Self.placed + "," + Self.paid + "]}"
        #expect(try Self.failure(text, #"given.fixture("f.json") "# + body)?.text == nil)
    }

    @Test func `a time that the spec has chosen isn't taken back`() throws {
        let body = #"given.now(1800000000000) given.fixture("f.json") expect.equal(now(), 1800000000000)"#
        #expect(try Self.failure(Self.head + Self.placed + "]}", body)?.text == nil)
    }

    @Test(arguments: [
        ("{", "given.fixture: f.json isn't JSON"),
        ("[]", "given.fixture: f.json is no fixture; perilune capture writes one"),
        (
            #"{"format":"perilune-fixture","version":9,"events":[]}"#,
            "given.fixture: f.json has version 9 of the form; this program reads version 1"
        ),
        (head + "5]}", "given.fixture: f.json: event 1 is no object"),
        (head + placed + #",{"stream":"a-1"}]}"#, "given.fixture: f.json: event 2 needs stream and type"),
        (
            head + #"{"stream":"a-1","type":"B","dat":{}}]}"#,
            #"given.fixture: f.json: event 1 has no member dat; did you mean "data"?"#
        ),
        (
            head + #"{"stream":"a-1","type":"B","data":5}]}"#,
            "given.fixture: f.json: event 1 needs data to be an object"
        ),
        (
            head + #"{"stream":"a-1","type":"B","schema":0}]}"#,
            "given.fixture: f.json: event 1 needs schema to be a version"
        ),
        (
            head + #"{"stream":"a-1","type":"B","time":"noon"}]}"#,
            "given.fixture: f.json: event 1 needs time as in 2026-08-01T09:30:00Z"
        ),
        (
            head + #"{"stream":"order-1","type":"Placed","schema":2,"data":{"total":"x"}}]}"#,
            "given.fixture: f.json: event 1: order.Placed: total must be an integer, it is a string"
        ),
        (
            head + #"{"stream":"a-1","type":""}]}"#,
            #"given.fixture: f.json: event 1: the name "" can't be used"#
        ),
    ])
    func `a fixture that is none is told, with the event`(text: String, summary: String) throws {
        let failure = try #require(try Self.failure(text, #"given.fixture("f.json")"#))
        #expect(failure.summary.hasPrefix(summary), "\(failure.text)")
        #expect(failure.file == "rules_spec.lua" && failure.line == 2)
    }

    @Test func `a fixture is a file of the app's folder, and of nowhere else`() throws {
        let folder = try TemporaryFolder()
        let text = Data((Self.head + "]}").utf8)
        try FileManager.default.createDirectory(
            atPath: folder.path("app/fixtures"),
            withIntermediateDirectories: true
        )
        for name in ["app/fixtures/f.json", "outside.json", "app/f.txt"] {
            try text.write(to: URL(fileURLWithPath: folder.path(name)))
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("app/link.json"),
            withDestinationPath: folder.path("outside.json")
        )
        try Data(count: SpecFixtures.bytesMax + 1).write(
            to: URL(fileURLWithPath: folder.path("app/big.json"))
        )
        let cases = [
            ("fixtures/f.json", nil), ("fixtures/../fixtures/f.json", nil),
            ("../outside.json", "isn't in the app's folder"),
            (folder.path("outside.json"), "isn't in the app's folder"),
            ("link.json", "isn't in the app's folder"), ("none.json", "can't be read"),
            ("f.txt", "doesn't end in .json"), ("big.json", "is larger than 8388608 bytes"),
        ]
        for (name, complaint) in cases {
            let specs = Array("spec(\"it\", function() given.fixture(\"\(name)\") end)".utf8)
            let runner = try SpecRunner(
                scripts: try Self.app.scripts(),
                files: [SpecFile(name: "rules_spec.lua", text: specs)],
                fixtures: SpecFixtures(folder: folder.path("app")),
                logger: .quiet
            )
            let summary = runner.run(runner.specs[0]).failure?.summary
            #expect(complaint == nil ? summary == nil : summary?.contains(complaint ?? "") == true, "\(name)")
        }
    }

    @Test func `fixtures go with the specs that name them, and are no part of what decides`() throws {
        let app = [
            "app.lua": "local a = 1", "a_spec.lua": #"spec("s", function() given.fixture("f/x.json") end)"#,
            "f/x.json": Self.head + "]}", "f/other.json": "{}",
        ]
        let scripts = try AppFixture(files: app).scripts()
        #expect(scripts.hash == (try AppFixture("local a = 1").scripts().hash))
        #expect(scripts.files.keys.sorted() == ["app.lua"])
        #expect(scripts.fixtures.named(in: scripts.specs).keys.sorted() == ["f/x.json"])
        #expect(try SpecRunner(scripts: scripts, logger: .quiet).run().map(\.failure?.text) == [nil])
        let alone = try ScriptSet(name: "test", files: scripts.files)
        let runner = try SpecRunner(scripts: alone, files: scripts.specs, logger: .quiet)
        let summary = try #require(runner.run()[0].failure).summary
        #expect(summary == "the fixture f/x.json isn't there")
    }
}
