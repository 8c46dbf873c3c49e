import ArgumentParser
import EventLog

/// A stretch of the log, both ends included: `17..40`, `17..` up to its end, `..40`, or `17` alone.
struct PositionRange: ExpressibleByArgument, Equatable {
    let first: Position
    let last: Position

    /// Reads a range; ArgumentParser reports nil as a wrong command line.
    init?(argument: String) {
        guard let dots = argument.firstRange(of: "..") else {
            guard let position = Position(argument), position > 0 else { return nil }
            (first, last) = (position, position)
            return
        }
        let (start, end) = (argument[..<dots.lowerBound], argument[dots.upperBound...])
        guard let first = start.isEmpty ? 1 : Position(start), let last = end.isEmpty ? .max : Position(end),
            first > 0, first <= last, !(start.isEmpty && end.isEmpty)
        else { return nil }
        (self.first, self.last) = (first, last)
    }
}
