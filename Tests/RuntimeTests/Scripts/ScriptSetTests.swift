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

    @Test func `a link to a folder is read as the folder, under its own name`() throws {
        let folder = try TemporaryFolder()
        try write("local a = 1", to: folder.path("releases/7/app.lua"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("shop"),
            withDestinationPath: "releases/7"
        )
        let set = try ScriptSet(folder: folder.path("shop"))
        #expect(set.name == "shop")
        #expect(set.files.keys.sorted() == ["app.lua"])
    }

    @Test func `an editor's lock and hidden folders are no scripts`() throws {
        let folder = try TemporaryFolder()
        try write("local a = 1", to: folder.path("shop/app.lua"))
        try write("not Lua", to: folder.path("shop/.git/hook.lua"))
        try write("not Lua", to: folder.path("shop/rules/._tax.lua"))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("shop/.#app.lua"),
            withDestinationPath: "ada@home.1234:5678"
        )
        #expect(try ScriptSet(folder: folder.path("shop")).files.keys.sorted() == ["app.lua"])
    }

    private func hash(_ text: String, file: String = "rules.lua") throws -> String {
        try ScriptSet(name: "shop", files: ["app.lua": [], file: Array(text.utf8)]).hash
    }

    @Test func `comments, layout and names of locals don't change the hash`() throws {
        let plain = try hash("local function f(a) return a + 1 end\nreturn { f = f }")
        #expect(
            try hash(
                """
                -- what is here
                local function next_of(number)

                  return number + 1   -- one more
                end

                return { f = next_of }
                """
            ) == plain
        )
        #expect(try hash("local function f(a) return a + 2 end\nreturn { f = f }") != plain)
        #expect(try hash("local function f(a) return a + 1 end\nreturn { g = f }") != plain)
        let other = try hash("local function f(a) return a + 1 end\nreturn { f = f }", file: "rule.lua")
        #expect(other != plain)
    }

    @Test func `a text that isn't Lua has a hash of its own`() throws {
        #expect(try hash("return {") != hash("return { "))
    }

    @Test func `a text that isn't UTF-8 is refused, by its name`() throws {
        let files: [String: [UInt8]] = ["app.lua": [], "rules.lua": [0x2D, 0x2D, 0xFF]]
        let error = #expect(throws: RuntimeError.self) { try ScriptSet(name: "shop", files: files) }
        #expect(error?.description == "the script rules.lua isn't UTF-8")
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
