import CLua

/// Finds out where a failure happened for the rule writer, and puts it in words.
///
/// The position is the one that Lua wrote before the message, when it lies in the app; else the innermost
/// line of the app on the stack. Lines of the host's own Lua are never shown unless there is nothing else.
struct FailureStory {
    let kind: LuaErrorKind
    let code: String
    let message: String
    let file: String?
    let line: Int?
    let traceback: [String]
    let snippet: String
    let hint: String?

    /// Lua met the end of the text where more was due; a text in quotes can't go on in the next line.
    var isIncomplete: Bool {
        kind == .syntax && message.hasSuffix("near <eof>") && !message.hasPrefix("unfinished string")
    }

    init(_ failure: LuaFailure, sources: ScriptSources, limits: LuaLimits) {
        kind = LuaStatus.kind(failure.status)
        let frames = failure.frames.filter { sources.isScript($0.file) }
        traceback = Self.levels(frames, sources)
        var abort = PackedReader(kind == .aborted ? failure.message : [])
        code = abort.next()?.text ?? kind.code
        let raised = abort.next()?.text ?? String(decoding: failure.message, as: UTF8.self)
        let written = sources.position(in: raised)
        message = Self.limitMessage(failure.status, limits) ?? written.map { String($0.rest) } ?? raised
        let innermost = frames.first ?? failure.frames.first
        if let written, sources.isScript(written.file) || innermost == nil {
            file = written.file
            line = written.line
        } else {
            file = innermost?.file ?? failure.file
            line = innermost?.line
        }
        let marker = LineMarker(message: message, isSyntax: kind == .syntax)
        snippet = Self.snippet(file, line, sources, marker)
        let isDeep = failure.frames.count == Int(CLUA_FRAMES_MAX) && traceback.count < failure.frames.count
        hint = LuaHint.hint(kind, message, isRecursive: isDeep)
    }

    /// A line for each level; equal ones in a row, as endless recursion leaves them, in one.
    private static func levels(_ frames: [LuaFailure.Frame], _ sources: ScriptSources) -> [String] {
        var levels: [String] = []
        var last = ""
        var times = 1
        for frame in frames {
            let level = "\(frame.file):\(frame.line) in \(function(frame, sources))"
            if level == last {
                times += 1
                levels[levels.count - 1] = "\(level), \(times) times"
            } else {
                levels.append(level)
                last = level
                times = 1
            }
        }
        return levels
    }

    /// A rule's functions are mostly fields that the host calls: the text that defines one names it best.
    private static func function(_ frame: LuaFailure.Frame, _ sources: ScriptSources) -> String {
        if frame.definition == 0 { return "the file's own text" }
        let line = sources.line(frame.definition, of: frame.file)
        let name = line.flatMap(FunctionName.init(definition:))?.text ?? frame.name
        return name.isEmpty ? "the function on line \(frame.definition)" : "function '\(name)'"
    }

    /// The line with one before and one after; the line itself marked, and below it the part that the message
    /// names.
    private static func snippet(
        _ file: String?,
        _ line: Int?,
        _ sources: ScriptSources,
        _ marker: LineMarker
    ) -> String {
        guard let file, let line, let text = sources.line(line, of: file) else { return "" }
        let width = String(line + 1).count
        var result = ""
        for number in max(1, line - 1)...(line + 1) {
            guard let shown = sources.line(number, of: file), number <= line || !shown.isEmpty else {
                continue
            }
            let padding = String(repeating: " ", count: width - String(number).count)
            result += number == line ? "> " : "  "
            result += padding + "\(number) |" + (shown.isEmpty ? "" : " " + shown) + "\n"
            if number == line, let carets = marker.carets(below: text) {
                result += "  " + String(repeating: " ", count: width) + " | " + carets + "\n"
            }
        }
        return result
    }

    private static func limitMessage(_ status: Int32, _ limits: LuaLimits) -> String? {
        if status == LuaStatus.records {
            return "the script recorded more than \(grouped(limits.records)) times"
        }
        switch LuaStatus.kind(status) {
        case .memory: return "the script used more than \(grouped(limits.memoryBytes)) bytes of memory"
        case .instructions: return "the script ran more than \(grouped(limits.instructions)) instructions"
        case .time: return "the script ran longer than \(grouped(limits.milliseconds)) milliseconds"
        case .output: return "the script recorded or returned more than \(grouped(limits.outputBytes)) bytes"
        case .interrupted: return "interrupted"
        case .syntax, .runtime, .aborted, .conversion: return nil
        }
    }

    /// 50,000,000: digits in threes.
    private static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(number).reversed().enumerated() {
            if index > 0, index.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }
}
