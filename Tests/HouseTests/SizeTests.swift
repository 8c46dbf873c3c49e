import Testing

struct SizeTests {
    private let files = Repository.here.files

    @Test func `no file is longer than 400 lines`() {
        expectNone(FileSizeRule().breaches(in: files))
    }

    @Test func `no function is longer than a screen`() {
        expectNone(FunctionSizeRule().breaches(in: files))
    }

    @Test func `no line is longer than 110 characters`() {
        expectNone(LineLengthRule().breaches(in: files))
    }

    @Test func `a file of 401 lines is caught and one of 400 is not`() {
        let line = "let a = 1\n"
        let rule = FileSizeRule()
        #expect(
            rule.breaches(in: SourceFile(path: "a.swift", text: String(repeating: line, count: 400))).isEmpty
        )
        #expect(
            rule.breaches(in: SourceFile(path: "a.swift", text: String(repeating: line, count: 401))).count
                == 1
        )
        #expect(
            rule.breaches(in: SourceFile(path: "a.md", text: String(repeating: line, count: 401))).isEmpty
        )
    }

    @Test(arguments: [
        "func long() {", "init?(a: Int = { 1 }()) {", "deinit {", "subscript(i: Int) -> Int {",
        "var long: [Int] {",
        "public static func long<T>(_ a: T) async throws(E) -> (Int, [Int])\nwhere T: Sendable {",
    ])
    func `a Swift function of 61 lines is caught and one of 60 is not`(head: String) {
        let headLines = head.split(separator: "\n").count
        func file(_ count: Int) -> SourceFile {
            let body = String(repeating: "    if a { b() }\n", count: count - headLines - 1)
            return SourceFile(path: "a.swift", text: "struct A {\n\(head)\n\(body)}\n}\n")
        }
        #expect(FunctionSizeRule().breaches(in: file(60)).isEmpty)
        #expect(FunctionSizeRule().breaches(in: file(61)).map(\.line) == [2])
    }

    @Test func `a C function of 61 lines is caught and one of 60 is not`() {
        func file(_ count: Int) -> SourceFile {
            let body = String(repeating: "    if (a) { b(); } /* } */\n", count: count - 2)
            let text =
                "#define A(x) {\nextern \"C\" {\nstruct s { int a; };\nstatic int f(int a) {\n\(body)}\n}\n"
            return SourceFile(path: "a.c", text: text)
        }
        #expect(FunctionScan(file(60)).functions() == [FoundFunction(name: "f", line: 4, lineCount: 60)])
        #expect(FunctionSizeRule().breaches(in: file(60)).isEmpty)
        #expect(FunctionSizeRule().breaches(in: file(61)).map(\.line) == [4])
    }

    @Test func `braces in strings, comments and signatures don't mislead the scan`() {
        let text = #"""
            protocol P {
                func withoutBody(_ a: Int) async throws -> Int
                var alsoWithout: Int { get }
                init(a: Int)
            }
            extension P {
                // func comment() {
                func first(a: () -> Void = { print("}") }) -> String {
                    let text = "{ \(a.map { "}" }) {"
                    let pattern = /\{"/
                    return text + #"{"# + String.init(a) + """
                        { " {
                        """
                }
                @Test func `a { in a name`() { self.init() }
            }
            """#
        let found = FunctionScan(SourceFile(path: "a.swift", text: text)).functions()
        #expect(
            found == [
                FoundFunction(name: "alsoWithout", line: 3, lineCount: 1),
                FoundFunction(name: "first", line: 8, lineCount: 7),
                FoundFunction(name: "_", line: 15, lineCount: 1),
            ]
        )
    }

    @Test func `a line of 111 characters is caught and one of 110 is not`() {
        let text = String(repeating: "é", count: 110) + "\n" + String(repeating: "é", count: 111) + "\n"
        #expect(LineLengthRule().breaches(in: SourceFile(path: "a.lua", text: text)).map(\.line) == [2])
        #expect(LineLengthRule().breaches(in: SourceFile(path: "a.md", text: text)).isEmpty)
    }
}
