/// A date of the Gregorian calendar, without a zone.
///
/// Source of the two conversions: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `days_from_civil` and `civil_from_days`. The year begins in March, so that a leap day is its last.
package struct CivilDate: Hashable, Sendable {
    /// The year; the first before our era is 0.
    package let year: Int

    /// From 1.
    package let month: Int

    /// From 1.
    package let day: Int

    /// Days since 1970-01-01.
    package let days: Int64

    /// 0 is Sunday.
    var weekday: Int { Int((days + 4).dividedWithFloor(by: 7).remainder) }

    static let dayMinutes: Int64 = 24 * 60
    static let daySeconds: Int64 = 24 * 60 * 60

    /// After 400 years the calendar repeats itself, weekdays too.
    static let cycleDays: Int64 = 146_097

    /// The date of a day.
    package init(days: Int64) {
        self.days = days
        let (era, ofEra) = (days + 719_468).dividedWithFloor(by: Self.cycleDays)
        let yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * ofYear + 2) / 153
        day = Int(ofYear - (153 * part + 2) / 5 + 1)
        month = Int(part < 10 ? part + 3 : part - 9)
        year = Int(era * 400 + yearOfEra) + (month <= 2 ? 1 : 0)
    }

    /// The day of a date; one that the month doesn't have lands in the next.
    package init(year: Int, month: Int, day: Int) {
        let shifted = Int64(month <= 2 ? year - 1 : year)
        let (era, yearOfEra) = shifted.dividedWithFloor(by: 400)
        let ofYear = Int64((153 * ((month + 9) % 12) + 2) / 5 + day - 1)
        let ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear
        self.year = year
        self.month = month
        self.day = day
        days = era * Self.cycleDays + ofEra - 719_468
    }

    /// Days of a month.
    static func length(ofMonth month: Int, year: Int) -> Int {
        let next =
            month == 12
            ? CivilDate(year: year + 1, month: 1, day: 1)
            : CivilDate(year: year, month: month + 1, day: 1)
        return Int(next.days - CivilDate(year: year, month: month, day: 1).days)
    }
}

extension Int64 {
    /// Quotient and remainder, the remainder never negative.
    func dividedWithFloor(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
