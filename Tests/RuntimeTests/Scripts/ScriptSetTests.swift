import Foundation
import Runtime
import TestSupport
import Testing

@Suite struct ScriptSetTests {
    private func write(_ text: String, to path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    @Test func `a folder's Lua files are the set, with those in folders below it`() throws {
        let folder = try TemporaryFolder()
        try write("require 'rules.stock'", to: folder.path("shop/app.lua"))
        try write("return {}", to: folder.path("shop/rules/stock.lua"))
        try write("notes", to: folder.path("shop/readme.md"))
        let set = try ScriptSet(folder: folder.path("shop"))
        #expect(set.name == "shop")
        #expect(set.files.keys.sorted() == ["app.lua", "rules/stock.lua"])
        #expect(set.files["rules/stock.lua"] == Array("return {}".utf8))
        #expect(try ScriptSet(name: "other", files: set.files).hash == set.hash)
    }

    @Test func `a folder that isn't there is named`() throws {
        let error = #expect(throws: RuntimeError.self) { try ScriptSet(folder: "/nowhere/at/all") }
        #expect(error?.code == "invalid-app")
        #expect(error?.description == "the app's folder /nowhere/at/all can't be read")
    }

    @Test func `a folder without app.lua is refused`() throws {
        let folder = try TemporaryFolder()
        try write("return {}", to: folder.path("shop/rules.lua"))
        let error = #expect(throws: RuntimeError.self) { try ScriptSet(folder: folder.path("shop")) }
        #expect(error?.description == "the app shop has no app.lua")
    }

    @Test func `a module is required by its path with dots, and only from the app`() async throws {
        let app = AppFixture(files: [
            "app.lua": """
            local stock = require "rules.stock"
            query "answer" { run = function() return stock.answer end }
            """,
            "rules/stock.lua": "return { answer = 42 }",
        ])
        try await withHost(app) { fixture in
            let answer = try await fixture.query("answer")
            #expect(answer == "42")
        }
    }
}
