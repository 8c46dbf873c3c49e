import Foundation
import Lua

/// A time zone's history: how far its wall clocks are from UTC.
///
/// From Foundation, whose rules are part of its own ICU data, and so of a binary that links it statically:
/// `/usr/share/zoneinfo` is not read.
struct ZoneRules: Hashable, Sendable {
    /// As it was written: `Europe/Berlin`.
    let name: String

    private let zone: TimeZone

    /// Finds a zone.
    init(named name: String) throws(ScheduleError) {
        guard let zone = TimeZone(identifier: name) else {
            let known = TimeZone.knownTimeZoneIdentifiers
            let same = known.first { $0.lowercased() == name.lowercased() }
            let near = same ?? Self.nearest(to: name, among: known)
            throw ScheduleError(
                "zone = \(name.debugDescription) is no time zone that is known here",
                hint: near.map { "did you mean \($0.debugDescription)?" }
                    ?? "write a name of the IANA list, such as \"Europe/Berlin\", or \"UTC\""
            )
        }
        self.name = name
        self.zone = zone
    }

    /// Seconds that the wall is ahead of UTC at an instant.
    func offset(at instant: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(instant))))
    }

    /// The instant of a wall time (as if it were UTC): the first of two, and the end of the gap for none.
    ///
    /// A zone sets its clocks at most once within two days; no zone's history has it otherwise since 1970.
    func instant(ofWall wall: Int64) -> Int64 {
        let before = offset(at: wall - CivilDate.daySeconds)
        let after = offset(at: wall + CivilDate.daySeconds)
        // In a wall time that exists twice, the larger offset is the first.
        let instants = [wall - max(before, after), wall - min(before, after)]
        if let exact = instants.first(where: { $0 + offset(at: $0) == wall }) { return exact }
        return change(between: instants[0], and: instants[1])
    }

    /// The first instant with the offset of the later one.
    private func change(between earlier: Int64, and later: Int64) -> Int64 {
        var (old, new) = (earlier, later)
        let offset = offset(at: new)
        while new - old > 1 {
            let middle = old + (new - old) / 2
            if self.offset(at: middle) == offset { new = middle } else { old = middle }
        }
        return new
    }

    /// By the city alone too: people remember it, and not the continent.
    private static func nearest(to name: String, among known: [String]) -> String? {
        let city = name.lowercased().split(separator: "/").last.map(String.init) ?? ""
        return known.first { $0.lowercased().split(separator: "/").last.map(String.init) == city }
            ?? Suggestion.nearest(to: name, among: known)
    }
}
