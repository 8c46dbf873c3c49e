/// A word that may not stand in code, where it may all the same, and what to write instead.
struct BannedCallRule: FileRule {
    let name: String
    let pattern: Pattern
    /// The beginnings of the paths that the rule looks at.
    let within: [String]
    /// A part of a path that is allowed to, because it is the place for it.
    var except: [String] = []
    let instead: String

    static let all: [BannedCallRule] = [
        BannedCallRule(
            name: "print",
            pattern: Pattern(#"(?<![\w.])(?:print|debugPrint|dump)\s*\("#),
            within: ["Sources/", "stdlib/"],
            except: ["Sources/perilune/"],
            instead: "return text to the command line, or log with the logger that you were given"
        ),
        BannedCallRule(
            name: "clock",
            pattern: Pattern(
                #"(?<!\w)Date(?:\(\s*\)|\.now)|\b(?:clock_gettime|gettimeofday)\s*\("#
                    + #"|(?<![\w.])time\((?:nil|NULL)\)"#
            ),
            within: ["Sources/", "stdlib/"],
            // The budget of a script is a watchdog behind the counters: it never decides what a script sees.
            except: ["Clock.swift", "clock.c", "Sources/CLua/budget.c"],
            instead: "take the injected clock; only a file named after a clock reads the time"
        ),
        BannedCallRule(
            name: "Task.detached",
            pattern: Pattern(#"\bTask\.detached\b"#),
            within: ["Sources/", "Tests/", "stdlib/"],
            instead: "run it as a child of the host's task group, so that shutdown reaches it"
        ),
        BannedCallRule(
            name: "try!",
            pattern: Pattern(#"\btry!"#),
            within: ["Sources/", "stdlib/", "Package.swift"],
            instead: "throw the module's error"
        ),
        BannedCallRule(
            name: "as!",
            pattern: Pattern(#"\bas!"#),
            within: ["Sources/", "stdlib/", "Package.swift"],
            instead: "use 'as?' with a guard that throws, or a type that needs no cast"
        ),
        BannedCallRule(
            name: "Foundation JSON",
            pattern: Pattern(#"\b(?:JSONSerialization|JSONDecoder|JSONEncoder)\b"#),
            within: ["Sources/EventLog/", "Sources/Lua/", "Sources/Runtime/", "Sources/Server/"],
            instead: "the path of an event carries bytes; read and write JSON with the house's own codec"
        ),
        BannedCallRule(
            name: "sleep",
            pattern: Pattern(#"\b(?:sleep|usleep|nanosleep)\s*\("#),
            within: ["Tests/"],
            // A story waits for another process, which has no condition that this one could be woken by.
            except: ["Tests/StoryTests/Waiting.swift"],
            instead:
                "inject the clock and wait for a condition; a story waits in Tests/StoryTests/Waiting.swift"
        ),
    ]

    func breaches(in file: SourceFile) -> [Breach] {
        guard file.kind == .swift || file.kind == .c || file.kind == .h,
            within.contains(where: file.path.hasPrefix), !except.contains(where: file.path.contains)
        else { return [] }
        return file.codeLines(matching: pattern).map {
            Breach(path: file.path, line: $0, advice: "\(name) has no place here; \(instead)")
        }
    }
}
