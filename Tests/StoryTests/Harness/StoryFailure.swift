/// Why a story can't go on, in a sentence.
struct StoryFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
