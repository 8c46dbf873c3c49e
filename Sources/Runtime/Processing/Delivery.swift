/// When the mark of a handler's step commits; nothing else is different.
///
/// What a crash at each point then does is the table of `Delivery.md`. The marks are the same in each mode,
/// so a handler whose mode is edited goes on where it was.
enum Delivery: String, Sendable {
    /// With the effects, in one frame.
    case exactlyOnce = "exactly-once"

    /// In a frame of its own, behind that of the effects: after a crash between the two they double.
    case atLeastOnce = "at-least-once"

    /// In a frame of its own, before the step runs: after a crash behind it the step never runs.
    case atMostOnce = "at-most-once"
}
