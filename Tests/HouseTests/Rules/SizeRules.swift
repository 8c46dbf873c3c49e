/// A file of more than 400 lines does two things.
struct FileSizeRule: FileRule {
    static let linesMax = 400

    func breaches(in file: SourceFile) -> [Breach] {
        guard [.swift, .c, .h, .lua, .shell].contains(file.kind) else { return [] }
        let count = file.text.hasSuffix("\n") ? file.lines.count - 1 : file.lines.count
        guard count > Self.linesMax else { return [] }
        return [
            Breach(
                path: file.path,
                line: count,
                advice:
                    "\(count) lines, \(Self.linesMax) are allowed; give its second thing a file of its own"
            )
        ]
    }
}

/// A function fits a screen: 60 lines from its declaration to its closing brace.
struct FunctionSizeRule: FileRule {
    static let linesMax = 60

    func breaches(in file: SourceFile) -> [Breach] {
        guard [.swift, .c, .h].contains(file.kind) else { return [] }
        return FunctionScan(file).functions().filter { $0.lineCount > Self.linesMax }.map { function in
            Breach(
                path: file.path,
                line: function.line,
                advice: "'\(function.name)' has \(function.lineCount) lines, \(Self.linesMax) are allowed; "
                    + "name its steps and make them functions"
            )
        }
    }
}

/// A line fits beside another window: 110 characters.
struct LineLengthRule: FileRule {
    static let charactersMax = 110

    func breaches(in file: SourceFile) -> [Breach] {
        guard [.swift, .c, .h, .lua, .shell].contains(file.kind) else { return [] }
        return file.lines.enumerated().filter { $0.element.count > Self.charactersMax }.map { index, line in
            Breach(
                path: file.path,
                line: index + 1,
                advice: "\(line.count) characters, \(Self.charactersMax) are allowed; break the line"
            )
        }
    }
}
