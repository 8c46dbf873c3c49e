import Testing

struct NamingTests {
    private let files = Repository.here.files

    @Test func `no type has an empty name or another system's word`() {
        expectNone(TypeNameRule().breaches(in: files))
    }

    @Test func `no file or folder has an empty name`() {
        expectNone(PathNameRule().breaches(in: files))
    }

    @Test(arguments: [
        "final class StreamManager {}", "enum TestHelpers {}", "struct LogImpl {}", "protocol BaseLog {}",
        "public struct ParkedMessage {}", "actor JobQueue {}", "typealias Offset = Int64",
        "struct HTTPJob {}",
        "struct ConsumerGroupState {}", "enum DLQ {}", "struct DeadLetterBox {}", "indirect enum Saga {}",
    ])
    func `a name that says nothing or speaks another language is caught`(declaration: String) {
        let file = SourceFile(path: "Sources/Runtime/A.swift", text: "// struct Saga\n\(declaration)\n")
        #expect(TypeNameRule().breaches(in: file).map(\.line) == [2])
    }

    @Test(arguments: [
        "struct Database {}", "enum Implementation {}", "let manager = FileManager.default",
        "struct Basement {}",
        "struct Jobber {}", "class func job() {}",
    ])
    func `a word that only begins like a banned one is let through`(declaration: String) {
        #expect(
            TypeNameRule().breaches(in: SourceFile(path: "Sources/Runtime/A.swift", text: declaration))
                .isEmpty
        )
    }

    @Test func `names are split at the humps, and abbreviations stay whole`() {
        #expect(TypeNameRule.words(of: "HTTPServerJob2") == ["HTTP", "Server", "Job2"])
        #expect(TypeNameRule.words(of: "DLQ") == ["DLQ"])
        #expect(TypeNameRule.words(of: "EventID") == ["Event", "ID"])
    }

    @Test(arguments: [
        "Sources/Runtime/Utils/A.swift", "Sources/Runtime/StreamHelpers.swift", "stdlib/Common/a.lua",
    ])
    func `a path that says nothing is caught`(path: String) {
        #expect(PathNameRule().breaches(in: SourceFile(path: path, text: "")).count == 1)
    }

    @Test func `a path that says something is let through`() {
        let path = "Sources/ReadModels/Database+Baseline.swift"
        #expect(PathNameRule().breaches(in: SourceFile(path: path, text: "")).isEmpty)
    }
}
