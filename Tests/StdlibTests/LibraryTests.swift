import Runtime
import TestSupport
import Testing

/// How scripts come by the library.
@Suite struct LibraryTests {
    @Test func `an app's own file takes the place of the library's module`() throws {
        let app = AppFixture(files: ["app.lua": "", "list.lua": "return { own = true }"])
        #expect(try SpecBench.failure(app, #"expect.equal(require "list", { own = true })"#)?.text == nil)
    }

    @Test func `a module of the library has no more rights than a script`() throws {
        let body = """
            for _, name in ipairs { "json", "list", "money", "retry", "text", "time", "validate" } do
              require(name)
            end
            expect.equal({ host, os, io, debug }, {})
            """
        #expect(try SpecBench.failure("", body)?.text == nil)
    }

    @Test func `an error of the library shows the line that called it, and none of its own`() throws {
        let failure = try SpecBench.failure("", "local list = require \"list\"\nlist.map(5, print)")
        #expect(failure?.file == "rules_spec.lua")
        #expect(failure?.line == 3)
        #expect(failure?.text.contains("library/") == false)
    }

    @Test func `a module that isn't there is answered with those that are`() throws {
        let failure = try SpecBench.failure("", #"require "lists""#)
        let known = "json, list, money, retry, text, time, validate"
        #expect(failure?.summary == "there is no module 'lists'; there are: \(known)")
    }

    @Test(arguments: [
        "retry.exponential { attempts = 3, first = \"1s\" }", "retry.every(\"5s\", 2)", "retry.never()",
    ])
    func `what retry makes is what a handler takes`(policy: String) throws {
        let app = AppFixture(
            "local retry = require \"retry\"\nhandler \"h\" { on = \"a.B\", retry = \(policy), run = print }"
        )
        #expect(try SpecBench.failure(app, "when(\"a-1\", { \"B\" })")?.text == nil)
    }
}
