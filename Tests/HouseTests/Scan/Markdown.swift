/// A page of documentation, split into prose and blocks of code, fenced or indented by four spaces.
struct Markdown {
    struct Line: Equatable {
        /// From 1.
        let line: Int
        let text: String
    }

    private(set) var prose: [Line] = []
    private(set) var code: [Line] = []

    init(_ text: String) {
        var inFence = false
        var inBlock = false
        var afterBlank = true
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let found = Line(line: index + 1, text: String(line))
            let isBlank = line.allSatisfy { $0 == " " }
            // An indented line under prose continues the prose.
            inBlock = !isBlank && line.hasPrefix("    ") && (inBlock || afterBlank)
            afterBlank = isBlank
            if line.drop(while: { $0 == " " }).hasPrefix("```") {
                inFence.toggle()
            } else if inFence || inBlock {
                code.append(found)
            } else {
                prose.append(found)
            }
        }
    }
}
