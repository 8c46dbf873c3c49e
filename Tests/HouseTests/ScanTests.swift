import Testing

/// The ground the rules stand on: if it saw nothing, every rule would hold.
struct ScanTests {
    @Test func `the repository is found and its files are read`() {
        let repository = Repository.here
        #expect(repository.file("Package.swift") != nil)
        #expect(repository.file("scripts/test")?.kind == .shell)
        #expect(repository.files.contains { $0.target == "EventLog" && $0.kind == .swift })
        #expect(repository.files.contains { $0.target == "HouseTests" && $0.baseName == "ScanTests" })
        #expect(!repository.files.contains { $0.path.contains(".build") })
    }

    @Test func `code keeps its place when comments and strings are blanked`() {
        let text = "let a = \"é\" // é\nlet b = 1 /* /* c */ */ + 2\n"
        let file = SourceFile(path: "a.swift", text: text)
        #expect(file.code.utf8.count == text.utf8.count)
        #expect(file.codeLines[0].trimmingSuffix() == "let a =")
        #expect(file.codeLines[1].split(separator: " ") == ["let", "b", "=", "1", "+", "2"])
        #expect(file.commentLines == [0, 1])
    }

    @Test(arguments: [
        #""a \" try! b""#, ##"#"a " try! \(b) "#"##, "\"\"\"\na \" try!\n\"\"\"",
        #""\(a("try!", { "}" })) try!""#,
        "/try! \"/", "#/try! / \" /#", "`try! a`", "/* try! \n // */",
    ])
    func `what looks like code in a literal is not seen, and the code behind it is`(literal: String) {
        let code = SourceFile(path: "a.swift", text: "let a = \(literal); as! b\n").code
        #expect(!code.contains("try!"))
        #expect(code.contains("as! b"))
    }

    @Test func `a division is no regex, and C's characters are no strings`() {
        #expect(SourceFile(path: "a.swift", text: "let a = (b / c) / try! d").code.contains("try!"))
        #expect(SourceFile(path: "a.c", text: "char a = '\"'; b(); char c = '\\'';").code.contains("b();"))
    }

    @Test func `blocks of code are told from prose, fenced or indented`() {
        let page = Markdown("# A\n```sh\n# b\n```\nc\n    wrapped prose\n\n    d\n\n    # e\nf")
        #expect(page.prose.map(\.text) == ["# A", "c", "    wrapped prose", "", "", "f"])
        #expect(page.code.map(\.text) == ["# b", "    d", "    # e"])
        #expect(page.code.map(\.line) == [3, 8, 10])
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
