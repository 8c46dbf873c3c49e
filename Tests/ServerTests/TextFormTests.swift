import EventLog
import Runtime
import Testing

@testable import Server

struct TextFormTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_785_576_600_000_042, "2026-08-01T09:30:00.000042Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        ] as [(LogTime, String)]
    )
    func `a time is written and read alike`(time: LogTime, text: String) {
        #expect(TimeText.format(time) == text)
        #expect(TimeText.parse(text) == time)
    }

    @Test(
        arguments: [
            ("2026-08-01T09:30:00Z", 1_785_576_600_000_000),
            ("2026-08-01t11:30:00.5+02:00", 1_785_576_600_500_000),
            ("2026-08-01 04:00:00.123456789-05:30", 1_785_576_600_123_456),
        ] as [(String, LogTime)]
    )
    func `fractions, offsets and small letters are read`(text: String, time: LogTime) {
        #expect(TimeText.parse(text) == time)
    }

    @Test(arguments: [
        "", "2026-08-01", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-08-01T24:00:00Z",
        "2026-08-01T09:30:00", "2026-08-01T09:30:00.Z", "2026-08-01T09:30:00Zx", "26-08-01T09:30:00Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(TimeText.parse(text) == nil)
    }

    @Test(arguments: [
        ("a%2Fb", "a/b"), ("a+b", "a+b"), ("%C3%A9", "é"), ("%c3%a9", "é"), ("", ""), ("%25", "%"),
    ])
    func `percent-encoding is decoded`(encoded: String, text: String) {
        #expect(PercentCoding.decode(encoded.utf8, plusIsSpace: false) == text)
    }

    @Test func `a plus is a space in a query string alone`() {
        #expect(PercentCoding.decode("a+b".utf8, plusIsSpace: true) == "a b")
    }

    @Test(arguments: ["%", "%1", "%g1", "%ff", "%C3", "%ED%A0%80"])
    func `encoding that is none is refused`(encoded: String) {
        #expect(PercentCoding.decode(encoded.utf8, plusIsSpace: false) == nil)
    }

    @Test(arguments: ["%", "%2", "%zz", "%ff", "a%C3", "%00", ".", "..", ""])
    func `a path segment that can't be a name is refused, whatever it is for`(segment: String) {
        for use in [PathNames.Use.reading, .writing] {
            #expect(throws: Problem.self) { try PathNames.decode(segment, as: "key", for: use) }
        }
    }

    @Test(arguments: ["a/b", "a..b", "a\\b"])
    func `a name that looks like a path can be read, and not be written`(name: String) throws {
        #expect(try PathNames.check(name, as: "key", for: .reading) == name)
        #expect(throws: Problem.self) { try PathNames.check(name, as: "key", for: .writing) }
    }

    @Test func `lines of an event's data become fields of their own`() {
        let block = ServerSentEvents.encode(id: "7", event: "Began", data: Array("{\n\"a\":\r1}".utf8))
        #expect(
            String(decoding: block, as: UTF8.self)
                == "id: 7\nevent: Began\ndata: {\ndata: \"a\":\ndata: 1}\n\n"
        )
    }
}
