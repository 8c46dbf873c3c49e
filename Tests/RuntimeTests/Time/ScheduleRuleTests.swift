import EventLog
import Foundation
import TestSupport
import Testing

@testable import Runtime

/// When a cron ticks in a zone, above all where the zone sets its clocks.
@Suite struct ScheduleRuleTests {
    /// The first ticks behind an instant, as UTC: `2026-03-29T01:00:00Z`.
    private static func ticks(
        _ cron: String,
        _ zone: String,
        after start: String,
        _ count: Int
    ) throws -> [String] {
        let rule = try ScheduleRule(cron: cron, zone: zone)
        var time = Int64(try Date(start, strategy: .iso8601).timeIntervalSince1970)
        return (0..<count).map { _ in
            time = rule.next(after: time)
            return Date(timeIntervalSince1970: TimeInterval(time)).formatted(.iso8601)
        }
    }

    @Test func `weekdays at nine in Berlin are one hour earlier in UTC when summer time begins`() throws {
        let found = try Self.ticks("0 9 * * MON-FRI", "Europe/Berlin", after: "2026-03-26T12:00:00Z", 3)
        #expect(found == ["2026-03-27T08:00:00Z", "2026-03-30T07:00:00Z", "2026-03-31T07:00:00Z"])
    }

    /// Berlin, 2026-03-29: from 02:00 to 03:00 at 01:00 UTC.
    @Test(arguments: ["30 2 * * *", "0,15,45 2 * * *", "* 2 * * *", "0 2 * * *", "30 2,3 29 3 *"])
    func `a wall time that doesn't exist ticks once, right behind the gap`(cron: String) throws {
        let found = try Self.ticks(cron, "Europe/Berlin", after: "2026-03-29T00:59:00Z", 2)
        #expect(found[0] == "2026-03-29T01:00:00Z")
        #expect(found[1] >= "2026-03-29T01:30:00Z")
    }

    @Test func `the end of the gap is one tick, also when it is named itself`() throws {
        let found = try Self.ticks("0 2,3 * * *", "Europe/Berlin", after: "2026-03-28T12:00:00Z", 2)
        #expect(found == ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"])
    }

    /// Berlin, 2026-10-25: from 03:00 back to 02:00 at 01:00 UTC.
    ///
    /// New York, 2026-11-01: from 02:00 back to 01:00 at 06:00 UTC.
    @Test(arguments: [
        (
            "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z",
            "2026-10-26T01:30:00Z"
        ),
        (
            "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z",
            "2026-11-02T06:30:00Z"
        ),
        // Lord Howe, 2026-04-05: half an hour back at 02:00, to 01:30, at 15:00 UTC of the day before.
        (
            "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-04T14:45:00Z",
            "2026-04-05T15:15:00Z"
        ),
    ])
    func `a wall time that exists twice ticks once, the first time`(
        cron: String,
        zone: String,
        start: String,
        first: String,
        second: String
    ) throws {
        #expect(try Self.ticks(cron, zone, after: start, 2) == [first, second])
    }

    @Test func `half an hour of Lord Howe doesn't exist`() throws {
        // 2026-10-04: half an hour forward at 02:00, to 02:30, at 15:30 UTC of the day before.
        let found = try Self.ticks("15 2 * * *", "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z", 2)
        #expect(found == ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"])
    }

    @Test func `a cron of every hour follows the hours that pass`() throws {
        let spring = try Self.ticks("30 * * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", 3)
        #expect(spring == ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"])
        let autumn = try Self.ticks("*/30 * * * *", "Europe/Berlin", after: "2026-10-24T23:59:00Z", 5)
        #expect(
            autumn == [
                "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z",
                "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z",
            ]
        )
    }

    @Test func `a zone that is ahead by quarters of an hour ticks on its own wall`() throws {
        let found = try Self.ticks("0 0 * * *", "Asia/Kathmandu", after: "2026-01-01T00:00:00Z", 2)
        #expect(found == ["2026-01-01T18:15:00Z", "2026-01-02T18:15:00Z"])
    }

    @Test func `a leap day comes every four years, but for a century`() throws {
        let found = try Self.ticks("0 12 29 2 *", "UTC", after: "2092-01-01T00:00:00Z", 3)
        #expect(found == ["2092-02-29T12:00:00Z", "2096-02-29T12:00:00Z", "2104-02-29T12:00:00Z"])
    }

    @Test func `a year ends where the zone is`() throws {
        let found = try Self.ticks("59 23 31 12 *", "America/New_York", after: "2026-12-31T00:00:00Z", 2)
        #expect(found == ["2027-01-01T04:59:00Z", "2028-01-01T04:59:00Z"])
    }

    @Test func `a day that a zone left out ticks when the next begins`() throws {
        // Samoa crossed the date line: 2011-12-30 never was.
        let found = try Self.ticks("0 12 30 12 *", "Pacific/Apia", after: "2011-12-01T00:00:00Z", 1)
        #expect(found == ["2011-12-30T10:00:00Z"])
    }

    @Test(arguments: [
        ("Europe/Berln", #"did you mean "Europe/Berlin"?"#), ("berlin", #"did you mean "Europe/Berlin"?"#),
        ("europe/berlin", #"did you mean "Europe/Berlin"?"#), ("", "write a name of the IANA list"),
        ("Moon/Sea_of_Tranquility", "write a name of the IANA list"),
    ])
    func `a zone that isn't known is refused with the nearest`(zone: String, hint: String) throws {
        let error = #expect(throws: ScheduleError.self) { try ScheduleRule(cron: "@daily", zone: zone) }
        #expect(try #require(error).hint.contains(hint))
    }

    /// Around the days when clocks are set, and where nothing happens at all.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-28T00:00:00Z"), ("Europe/Berlin", "2026-10-24T00:00:00Z"),
        ("America/New_York", "2028-03-11T00:00:00Z"), ("America/New_York", "2026-10-31T00:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"), ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"),
        ("Asia/Kathmandu", "2027-12-30T00:00:00Z"), ("UTC", "2028-02-27T00:00:00Z"),
        // Set at midnight: a day begins twice, or at one o'clock.
        ("America/Havana", "2026-03-07T00:00:00Z"), ("America/Havana", "2026-10-31T00:00:00Z"),
        ("America/Santiago", "2026-04-03T00:00:00Z"), ("America/Santiago", "2026-09-05T00:00:00Z"),
    ])
    func `ticks are those of a search that looks at every minute`(zone: String, start: String) throws {
        var random = SeededRandom(seed: StableHash.of((zone + start).utf8))
        let begin = Int64(try Date(start, strategy: .iso8601).timeIntervalSince1970)
        let end = begin + 3 * 86_400
        for _ in 0..<60 {
            let fields = ScheduleOracle.Fields(using: &random)
            let oracle = ScheduleOracle(fields: fields, zone: try #require(TimeZone(identifier: zone)))
            let rule = try ScheduleRule(cron: fields.text, zone: zone)
            var ticks: [Int64] = []
            var time = begin
            while true {
                time = rule.next(after: time)
                guard time <= end else { break }
                ticks.append(time)
            }
            #expect(ticks == oracle.ticks(after: begin, through: end), "\(fields.text) in \(zone)")
        }
    }

    @Test func `where the search begins makes no difference`() throws {
        var random = SeededRandom(seed: 5)
        let begin: Int64 = 1_774_656_000  // 2026-03-28, Berlin sets its clocks on the next day
        for _ in 0..<200 {
            let fields = ScheduleOracle.Fields(using: &random)
            let rule = try ScheduleRule(cron: fields.text, zone: "Europe/Berlin")
            let start = begin + Int64.random(in: 0..<172_800, using: &random)
            let next = rule.next(after: start)
            #expect(next > start)
            // Whatever lies between has the same next tick, down to the second before it.
            let between = Int64.random(in: start..<next, using: &random)
            #expect(rule.next(after: between) == next, "\(fields.text) from \(between)")
        }
    }
}
