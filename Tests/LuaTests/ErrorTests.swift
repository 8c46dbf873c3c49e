import Testing

@testable import Lua

@Suite("Errors are written for the person who wrote the script")
struct ErrorTests {
    private static let order = """
        local function total(lines)
          local sum = 0
          for _, line in ipairs(lines) do
            sum = sum + line.price * line.quantity
          end
          return sum
        end

        function place(order)
          return (total(order.lines))
        end

        function run()
          return (place { lines = { { price = 3 } } })
        end
        """

    private func rendered(_ script: String, limits: LuaLimits = .patient()) -> String? {
        do {
            let bench = try Bench("", limits: limits)
            try bench.vm.run(Array(script.utf8), file: "order.lua")
            _ = try bench.run()
            return nil
        } catch {
            return (error as? LuaError)?.rendered
        }
    }

    @Test func `a runtime error in a nested call`() {
        #expect(
            rendered(Self.order) == """
                order.lua:4: attempt to perform arithmetic on a nil value (field 'quantity')
                  3 |   for _, line in ipairs(lines) do
                > 4 |     sum = sum + line.price * line.quantity
                    |                                   ^^^^^^^^
                  5 |   end
                  at order.lua:4 in function 'total'
                  at order.lua:10 in function 'place'
                  at order.lua:14 in function 'run'
                  hint: it is nil here: give it a value first, as in (x or 0)
                """
        )
    }

    @Test func `a syntax error`() {
        #expect(
            rendered("local x = 1\nif x = 2 then\nend") == """
                order.lua:2: 'then' expected near '='
                  1 | local x = 1
                > 2 | if x = 2 then
                    |      ^
                  3 | end
                """
        )
    }

    @Test func `an unfinished text`() {
        #expect(
            rendered("function run()\n  return 1\n") == """
                order.lua:3: 'end' expected (to close 'function' at line 1) near <eof>
                  2 |   return 1
                > 3 |
                  hint: something is still open: look for a missing 'end', ')', '}' or quote
                """
        )
    }

    @Test func `a kill`() {
        #expect(
            rendered("function run()\n\twhile true do end\nend", limits: .patient(instructions: 10_000))
                == """
                order.lua:2: the script ran more than 10,000 instructions
                  1 | function run()
                > 2 | 	while true do end
                  3 | end
                  at order.lua:2 in function 'run'
                  hint: look for a loop that doesn't end, or do the work in smaller steps
                """
        )
    }

    @Test func `a raised table`() {
        #expect(
            rendered("function run()\n  error({ code = 'no-stock', text = 'none left' })\nend") == """
                order.lua:2: none left
                  1 | function run()
                > 2 |   error({ code = 'no-stock', text = 'none left' })
                  3 | end
                  at order.lua:2 in function 'run'
                """
        )
    }

    @Test func `an error in the host's Lua is shown where the script called it`() throws {
        let bench = try Bench("function run()\n  emit('s', print)\nend")
        let error = #expect(throws: LuaError.self) { try bench.run() }
        #expect(
            error?.rendered == """
                app.lua:2: a function can't leave the script: \
                only nil, booleans, numbers, strings and tables of these can
                  1 | function run()
                > 2 |   emit('s', print)
                  3 | end
                  at app.lua:2 in function 'run'
                """
        )
    }

    @Test func `a raised table travels as JSON`() {
        let error = Bench.failure("function run() error({ code = 'no-stock', n = { 1 } }) end")
        #expect(error?.value.map { String(decoding: $0, as: UTF8.self) } == #"{"code":"no-stock","n":[1]}"#)
        #expect(error?.message == "no-stock")
        #expect(error?.line == 1)
    }

    @Test(arguments: [
        ("error()", "the script raised a nil value"),
        ("error(true)", "the script raised a boolean value"),
        ("error({ print })", "the script raised a table"),
        ("error(setmetatable({}, { __tostring = error }))", "the script raised a table"),
        ("error('plain', 0)", "plain"),
        ("error(12)", "12"),
        ("error(('x'):rep(100000), 0)", String(repeating: "x", count: 4096)),
    ])
    func `odd error values are told plainly`(statement: String, message: String) {
        let error = Bench.failure("function run() \(statement) end")
        #expect(error?.kind == .runtime)
        #expect(error?.message == message)
    }

    @Test func `level 2 blames the caller`() {
        let script = """
            local function check(x)\n  error('x is missing', 2)\nend\nfunction run()\n  local ok = \
            check()\nend
            """
        let error = Bench.failure(script)
        #expect(error?.line == 5)
        #expect(error?.message == "x is missing")
    }

    @Test func `a rethrown error keeps its first position`() {
        let error = Bench.failure("local ok, e = pcall(function()\n  error('deep')\nend)\n\nerror(e, 0)")
        #expect(error?.line == 2)
        #expect(error?.message == "deep")
    }

    @Test(arguments: [
        ("x = ", true), ("for i = 1, 2 do", true), ("x = [[a", true), ("--[[ a", true), ("x = )", false),
        ("x = 'a", false),
        ("error('near <eof>')", false),
    ])
    func `a REPL can tell unfinished input`(text: String, isUnfinished: Bool) {
        #expect(Bench.failure(text)?.incompleteInput == isUnfinished)
    }

    @Test(arguments: [
        ("local function place(order)", "place"), ("function stock.reserve(n)", "stock.reserve"),
        ("function stock:add()", "stock:add"),
        ("    place = function(order, args)", "place"), ("run=function(e)", "run"),
        ("  return function()", nil),
        ("pcall(function() end, function() end)", nil), ("local x = 1", nil),
    ])
    func `a function's name is read from its definition`(line: String, name: String?) {
        #expect(FunctionName(definition: line)?.text == name)
    }

    @Test func `a long file name is found behind Lua's short one`() throws {
        let file = String(repeating: "deep/", count: 20) + "order.lua"
        let vm = try LuaVM(seed: 1)
        let error = #expect(throws: LuaError.self) { try vm.run(Array("\nerror('x')".utf8), file: file) }
        #expect(error?.file == file)
        #expect(error?.line == 2)
        #expect(error?.message == "x")
    }

    @Test func `each kind has a code of its own`() {
        #expect(Set(LuaErrorKind.allCases.map(\.code)).count == LuaErrorKind.allCases.count)
    }

    @Test func `the host's words can ask for lines`() throws {
        let bench = try Bench("function run()\n  local text = traceback()\n  return text, where(1)\nend")
        #expect(
            try bench.run() == [
                .text("app.lua:2"), .text("app.lua"), .integer(3),
            ]
        )
    }

    @Test func `a rethrown error that a script caught and changed is told as it is raised at last`() throws {
        let vm = try LuaVM(seed: 1)
        let prelude = """
            local host = ...
            function host.env.decide(body)
              local ok, caught = host.attempt(body)
              if not ok then host.rethrow(caught) end
            end
            return { go = function() host.env.rule() end }
            """
        let functions = try vm.loadPrivileged(Array(prelude.utf8), file: "prelude.lua")
        let script = """
            local failure = { text = "no stock" }
            function rule()
              pcall(decide, function() error(failure) end)
              failure.tries = 2
              error(failure)
            end
            """
        try vm.run(Array(script.utf8), file: "app.lua")
        let go = try #require(functions["go"])
        let error = try #require(throws: LuaError.self) { _ = try vm.call(go) }
        #expect(error.line == 5)
        #expect(error.value.map { String(decoding: $0, as: UTF8.self) } == #"{"text":"no stock","tries":2}"#)
    }

    @Test func `what an attempt caught is raised again with the levels that it had`() throws {
        let vm = try LuaVM(seed: 1)
        let functions = try vm.loadPrivileged(
            Array(
                """
                local host = ...
                local function decide(body)
                  local ok, caught = host.attempt(body)
                  if not ok then host.rethrow(caught) end
                end
                host.env.decide = decide
                return { go = function() host.env.rule() end }
                """.utf8
            ),
            file: "prelude.lua"
        )
        try vm.run(
            Array(
                """
                local function inner() error("deep") end
                function rule() decide(function() inner() end) end
                """.utf8
            ),
            file: "app.lua"
        )
        let go = try #require(functions["go"])
        let error = try #require(throws: LuaError.self) { _ = try vm.call(go) }
        #expect(error.message == "deep")
        #expect(error.traceback.contains { $0.contains("app.lua:1") })
    }
}
