import Testing

@testable import Runtime

/// What the five fields of cron mean, and what is said about those that mean nothing.
@Suite struct CronTests {
    private static func numbers(_ set: CronSet) -> [Int] { (0...63).filter(set.contains) }

    @Test(arguments: [
        ("*", Array(0...59)), ("5", [5]), ("1,3,5", [1, 3, 5]), ("10-13", [10, 11, 12, 13]),
        ("*/20", [0, 20, 40]), ("5-20/5", [5, 10, 15, 20]), ("0-4/2,58-59", [0, 2, 4, 58, 59]),
    ])
    func `a field is numbers, ranges, steps and lists of them`(text: String, numbers: [Int]) throws {
        #expect(Self.numbers(try CronExpression("\(text) * * * *").minutes) == numbers)
    }

    @Test(arguments: [
        ("MON-FRI", [1, 2, 3, 4, 5]), ("sun", [0]), ("7", [0]), ("FRI-SUN", [0, 5, 6]), ("5-7", [0, 5, 6]),
        ("Mon,3", [1, 3]), ("*", [0, 1, 2, 3, 4, 5, 6]), ("*/3", [0, 3, 6]), ("0-7", [0, 1, 2, 3, 4, 5, 6]),
    ])
    func `weekdays have names, and two numbers for Sunday`(text: String, numbers: [Int]) throws {
        #expect(Self.numbers(try CronExpression("0 0 * * \(text)").weekdays) == numbers)
    }

    @Test func `months have names`() throws {
        let expression = try CronExpression("0 0 1 jan-MAR,Dec *")
        #expect(Self.numbers(expression.months) == [1, 2, 3, 12])
    }

    @Test(arguments: [
        ("@daily", "0 0 * * *"), ("@hourly", "0 * * * *"), ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"), ("@YEARLY", "0 0 1 1 *"), ("  0  9\t* * *  ", "0 9 * * *"),
    ])
    func `words and spaces stand for the same fields`(word: String, fields: String) throws {
        #expect(try CronExpression(word) == CronExpression(fields))
    }

    /// 2026-05-01 is a Friday.
    @Test(arguments: [
        ("0 0 13 * FRI", [1, 8, 13, 15, 22, 29]), ("0 0 */2 * FRI", [1, 15, 29]),
        ("0 0 13 * *", [13]), ("0 0 1-9 * */5", [1, 3, 8]),
    ])
    func `a day and a weekday are both needed when one begins with a star`(text: String, days: [Int]) throws {
        let expression = try CronExpression(text)
        let found = (1...31).filter { expression.matches(CivilDate(year: 2026, month: 5, day: $0)) }
        #expect(found == days)
    }

    @Test(arguments: [
        ("", "a cron has 5 fields, this one has 0"),
        ("0 9 * *", "a cron has 5 fields, this one has 4; write minute hour day month weekday"),
        (
            "0 0 9 * * *",
            "this one has 6; write minute hour day month weekday, such as"
        ),
        ("60 * * * *", "the minute 60 isn't from 0 to 59"), ("* 24 * * *", "the hour 24 isn't from 0 to 23"),
        ("* * 0 * *", "the day 0 isn't from 1 to 31"), ("* * * 13 *", "the month 13 isn't from 1 to 12"),
        ("* * * * 8", "the weekday 8 isn't from 0 to 7"), ("* * * * MOM", "\"MOM\" isn't a weekday"),
        ("MON * * * *", "\"MON\" isn't a minute"), ("-5 * * * *", "\"\" isn't a minute"),
        ("1, * * * *", "\"1,\" isn't a field of cron"), ("1-2-3 * * * *", "\"1-2-3\" isn't a field of cron"),
        ("*/0 * * * *", "the step 0 of the minute isn't from 1 to 59"),
        ("*/90 * * * *", "the step 90 of the minute isn't from 1 to 59"),
        ("*/x * * * *", "the step x of the minute isn't"),
        ("5/15 * * * *", "the step /15 of the minute needs a range before it; write 5-59/15, or */15"),
        ("/5 * * * *", "\"/5\" isn't a field of cron"), ("*/2/3 * * * *", "\"*/2/3\" isn't a field of cron"),
        ("* 22-4 * * *", "the range 22-4 of the hour ends before it begins; write two ranges: 22-23,0-4"),
        ("* * * * FRI-TUE", "ends before it begins; write two ranges: FRI-6,0-TUE"),
        ("٣ * * * *", "isn't a minute"), ("? * * * *", "\"?\" isn't a minute"),
        ("0 0 30 2 *", "no month of 2 has a day 30"), ("0 0 31 4,6 */2", "no month of 4,6 has a day 31"),
        ("@reboot", "there is no @reboot; there are @annually, @daily"),
    ])
    func `what isn't a cron is refused with what to write`(text: String, complaint: String) throws {
        let error = #expect(throws: ScheduleError.self) { try CronExpression(text) }
        #expect("\(try #require(error))".contains(complaint))
    }

    @Test func `a date is the same after a round through its days`() {
        var day = CivilDate(year: 1969, month: 2, day: 27)
        while day.year < 2105 {
            let next = CivilDate(days: day.days + 1)
            #expect(CivilDate(year: next.year, month: next.month, day: next.day) == next)
            #expect(next.weekday == (day.weekday + 1) % 7)
            let isNewMonth = day.day == CivilDate.length(ofMonth: day.month, year: day.year)
            #expect(next.day == (isNewMonth ? 1 : day.day + 1))
            day = next
        }
        #expect(CivilDate(days: 0).weekday == 4)
    }

    @Test func `a leap day and a weekday that meet once in decades are found`() throws {
        let expression = try CronExpression("0 0 29 2 */6")
        let day = try #require(expression.firstDay(from: CivilDate(year: 2090, month: 1, day: 1).days))
        let date = CivilDate(days: day)
        // 2100 has no leap day.
        #expect([date.year, date.month, date.day] == [2104, 2, 29] || date.weekday % 6 == 0)
        #expect(expression.matches(date))
    }
}
