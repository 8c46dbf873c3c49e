import Testing

struct DocumentTests {
    private let files = Repository.here.files

    @Test func `every page has one title, and it comes first`() {
        expectNone(PageRule().breaches(in: files))
    }

    @Test func `a decision note is named by its number and its title`() {
        let name = Pattern(#"/Decisions/\d{4}-[a-z0-9-]+\.md$"#)
        expectNone(
            files.filter { $0.path.contains("/Decisions/") && !name.matches($0.path) }.map {
                Breach(
                    path: $0.path,
                    line: 0,
                    advice: "is no decision's name; write Decisions/0001-what-was-chosen.md"
                )
            }
        )
    }

    @Test func `every Lua module that ships has a spec`() {
        expectNone(ModuleSpecRule().breaches(in: Repository.here.files))
    }

    @Test(arguments: [("text first\n# A\n", [1]), ("no title\n", [1]), ("# A\n\n# B\n", [3])])
    func `a page with a title too few, too late or too many is caught`(text: String, lines: [Int]) {
        #expect(PageRule().breaches(in: SourceFile(path: "a.md", text: text)).map(\.line) == lines)
    }

    @Test func `a comment in a fenced block is no title`() {
        let page = SourceFile(path: "a.md", text: "\n# A\n```sh\n# comment\n```\n## B\n")
        #expect(PageRule().breaches(in: page).isEmpty)
    }

    @Test func `a module without a spec and a spec without a module are caught`() {
        let paths = [
            "prelude/words.lua", "library/list.lua", "library/text.lua", "specs/list_spec.lua",
            "specs/time_spec.lua",
        ]
        let breaches = ModuleSpecRule().breaches(in: paths.map { SourceFile(path: "stdlib/\($0)", text: "") })
        #expect(breaches.map(\.path) == ["stdlib/library/text.lua", "stdlib/specs/time_spec.lua"])
    }
}
