/// What a log holds and must not, or must and doesn't.
struct HistoryFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
