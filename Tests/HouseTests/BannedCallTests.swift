import Testing

struct BannedCallTests {
    private let files = Repository.here.files

    @Test(arguments: BannedCallRule.all.map(\.name))
    func `no file calls what the house does without`(name: String) throws {
        expectNone(try rule(name).breaches(in: files))
    }

    @Test(arguments: ReasonRule.all.map(\.name))
    func `what is allowed for a reason gives its reason`(name: String) throws {
        expectNone(try reason(name).breaches(in: files))
    }

    @Test func `nothing is left unfinished`() {
        expectNone(UnfinishedRule().breaches(in: files))
    }

    @Test(arguments: [
        ("print", "Sources/Runtime/A.swift", "print(\"a\")"),
        ("clock", "Sources/Runtime/A.swift", "let now = Date()"),
        ("clock", "Sources/EventLog/A.swift", "clock_gettime(CLOCK_REALTIME, &time)"),
        ("clock", "Sources/CLua/a.c", "time_t now = time(NULL);"),
        ("Task.detached", "Tests/LuaTests/A.swift", "Task.detached { await run() }"),
        ("try!", "Sources/Server/A.swift", "let a = try! b()"),
        ("as!", "Sources/Server/A.swift", "let a = b as! Int"),
        ("Foundation JSON", "Sources/Runtime/Deep/A.swift", "let a = JSONEncoder()"),
        ("sleep", "Tests/RuntimeTests/A.swift", "try await Task.sleep(for: .seconds(1))"),
        ("sleep", "Tests/RuntimeTests/A.swift", "usleep (1000)"),
    ])
    func `a banned call is caught`(name: String, path: String, line: String) throws {
        let text = "// \(line)\nlet text = \"try! print(\"\n    \(line)\n"
        #expect(try rule(name).breaches(in: SourceFile(path: path, text: text)).map(\.line) == [3])
    }

    @Test(arguments: [
        ("print", "Sources/perilune/A.swift", "print(\"a\")"),
        ("print", "Sources/Runtime/A.swift", "writer.print(fingerprint(a))"),
        ("clock", "Sources/EventLog/Disk/SystemClock.swift", "clock_gettime(CLOCK_REALTIME, &time)"),
        ("clock", "Sources/Runtime/A.swift", "let due = DueDate(); let b = clock.time(nil)"),
        ("try!", "Tests/LuaTests/A.swift", "let a = try! b()"),
        ("Foundation JSON", "Sources/perilune/A.swift", "let a = JSONEncoder()"),
        ("sleep", "Tests/StoryTests/Waiting.swift", "try await clock.sleep(for: pause)"),
        ("sleep", "Tests/LuaTests/A.swift", "@Test func `a sleep() in a script is refused`() {}"),
    ])
    func `an allowed call is let through`(name: String, path: String, line: String) throws {
        #expect(try rule(name).breaches(in: SourceFile(path: path, text: line)).isEmpty)
    }

    @Test(arguments: [
        ("try?", "let a = try? b()"),
        ("@unchecked Sendable", "final class A: @unchecked Sendable {}"),
        ("nonisolated(unsafe)", "nonisolated(unsafe) var a = 1"),
    ])
    func `a promise without its reason is caught, and one with it is let through`(
        name: String,
        line: String
    ) throws {
        let bare = SourceFile(
            path: "Sources/Lua/A.swift",
            text: "// far above\nlet b = 1\nlet c = 1\n\(line)\n"
        )
        #expect(try reason(name).breaches(in: bare).map(\.line) == [4])
        for text in [
            "\(line)  // since it holds", "// since it holds\n\(line)", "/* since\n it holds */\n\(line)",
        ] {
            #expect(
                try reason(name).breaches(in: SourceFile(path: "Sources/Lua/A.swift", text: text)).isEmpty
            )
        }
    }

    @Test(arguments: UnfinishedRule.words)
    func `a note of something unfinished is caught, in code and in prose`(word: String) {
        let text = "mktemp a.\(word)\(word)\n// \(word): later\n"
        for path in ["Sources/Lua/A.swift", "README.md", "stdlib/lua/list.lua"] {
            #expect(UnfinishedRule().breaches(in: SourceFile(path: path, text: text)).map(\.line) == [2])
        }
    }

    private func rule(_ name: String) throws -> BannedCallRule {
        try #require(BannedCallRule.all.first { $0.name == name })
    }

    private func reason(_ name: String) throws -> ReasonRule {
        try #require(ReasonRule.all.first { $0.name == name })
    }
}
