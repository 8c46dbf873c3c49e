import Foundation
import Testing

struct ImportTests {
    private let repository = Repository.here

    @Test func `no target imports what lies above or beside it`() {
        expectNone(ImportRule().breaches(in: repository.files))
    }

    @Test func `no C target includes a library that has its home elsewhere`() {
        expectNone(IncludeRule().breaches(in: repository.files))
    }

    @Test func `every target in Sources is in the import table, and the table names no other`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: repository.root.path + "/Sources")
        let targets = Set(folders.filter { !$0.hasPrefix(".") }).union(["Stdlib"])
        #expect(
            targets == Set(ImportRule.allowed.keys),
            "a new target needs a real border, and a line in ImportRule"
        )
    }

    @Test(arguments: [
        ("Sources/EventLog/A.swift", "import Foundation"),
        ("Sources/EventLog/A.swift", "import Lua"),
        ("Sources/Lua/A.swift", "@preconcurrency import EventLog"),
        ("Sources/Lua/Deep/Folder/A.swift", "internal import struct Foundation.URL"),
        ("Sources/Runtime/A.swift", "public import CLua"),
        ("Sources/Runtime/A.swift", "import Server"),
        ("Sources/Server/A.swift", "import GRDB"),
        ("Sources/perilune/A.swift", "import Hummingbird"),
        ("stdlib/A.swift", "import Foundation"),
        ("Tests/RuntimeTests/A.swift", "@testable import CLua"),
        ("Tests/RuntimeTests/A.swift", "import LuaTests"),
        ("Tests/Support/A.swift", "import XCTest"),
    ])
    func `an import against the arrows is caught`(path: String, line: String) {
        let file = SourceFile(path: path, text: "// import Foundation is only named here\n\(line)\n")
        #expect(ImportRule().breaches(in: file).map(\.line) == [2])
    }

    @Test(arguments: [
        ("Sources/EventLog/A.swift", "import Synchronization"),
        ("Sources/Lua/A.swift", "internal import CLua"),
        ("Sources/ReadModels/A.swift", "import GRDB"),
        ("Sources/Runtime/A.swift", "public import EventLog"),
        ("Sources/Server/A.swift", "import Hummingbird"),
        ("Sources/perilune/A.swift", "import ArgumentParser"),
        ("Tests/StoryTests/A.swift", "import AsyncHTTPClient"),
        ("Tests/LuaTests/A.swift", "@testable import Lua"),
    ])
    func `an import along the arrows is let through`(path: String, line: String) {
        #expect(ImportRule().breaches(in: SourceFile(path: path, text: line)).isEmpty)
    }

    @Test func `an include of another target's library is caught`() {
        let text = "#include <string.h>\n#include \"own.h\"\n#include <xxhash.h>\n#include <lua5.4/lua.h>\n"
        let rule = IncludeRule()
        #expect(rule.breaches(in: SourceFile(path: "Sources/CLua/a.c", text: text)).map(\.line) == [3])
        #expect(rule.breaches(in: SourceFile(path: "Sources/CChecksum/a.c", text: text)).map(\.line) == [4])
    }
}
