import Testing

struct ReadmeTests {
    private let rule = ReadmeRule { Repository.here.exists($0) }

    @Test func `the README shows the demo first and the tests second`() throws {
        expectNone(rule.commandBreaches(in: try readme()))
    }

    @Test func `every path that the README names exists`() throws {
        expectNone(rule.pathBreaches(in: try readme()))
    }

    @Test func `the life of an event names files of every target it passes`() throws {
        expectNone(rule.lifeBreaches(in: try readme()))
    }

    private func readme() throws -> String {
        try #require(Repository.here.file("README.md"), "README.md is missing; write the tour").text
    }
}

/// The rules of the README, held against small pages.
struct ReadmeRuleTests {
    private let rule = ReadmeRule {
        ["Sources/Runtime/Host.swift", "scripts/demo", "scripts/test"].contains($0)
    }

    @Test func `the two commands are found whatever stands around them`() {
        let page = "# P\n```sh\n$ scripts/demo --once   # runs it\n\n# then\nscripts/test\n```\n"
        #expect(rule.commandBreaches(in: page).isEmpty)
    }

    @Test func `the two commands may stand in an indented block`() {
        #expect(
            rule.commandBreaches(in: "# P\n\n    scripts/demo  # runs it\n    scripts/test\n\nText.\n")
                .isEmpty
        )
    }

    @Test(arguments: [
        ("scripts/test\nscripts/demo", 2), ("scripts/demo\nswift test", 1), ("scripts/demo", 1), ("", 2),
    ])
    func `other commands than the two are caught`(commands: String, count: Int) {
        #expect(rule.commandBreaches(in: "```\n\(commands)\n```").count == count)
    }

    @Test func `paths that don't exist are caught in prose, links, braces and commands`() {
        let page = """
            Read `Sources/Runtime/Host.swift`, run `scripts/demo --once`, [a](scripts/test), [b](http://c).
            Not `Sources/Runtime/Ghost.swift` or `Sources/Runtime/{Host,Ghoul}.swift`.
            Nor [this](docs/absent.md#part).
            ```
            $ scripts/absent
            ```
            """
        #expect(rule.pathBreaches(in: page).map(\.line) == [2, 2, 3, 5])
    }

    @Test func `a life of an event that skips a target or names a ghost is caught`() {
        let page =
            "## Life of an event\n| `Sources/Runtime/Host.swift` |\n| Sources/Lua/Ghost.swift |\n## Words\n"
        let breaches = rule.lifeBreaches(in: page)
        #expect(breaches.filter { $0.advice.contains("Ghost") }.map(\.line) == [3])
        #expect(breaches.filter { $0.advice.contains("names no file") }.count == 3)
        #expect(rule.lifeBreaches(in: "# P\n").count == 1)
    }
}
