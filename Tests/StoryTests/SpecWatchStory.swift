import Foundation
import Testing

extension Stories {
    /// Rules and specs that are edited while somebody watches them.
    struct SpecWatchStory {
        private static func app(limit: Int) -> String {
            """
            aggregate "box" {
              initial = { n = 0 },
              commands = { put = function(box) if box.n >= \(limit) then reject("full") end emit("Put") end },
              events = { Put = function(box) box.n = box.n + 1 end },
            }
            """
        }

        private static let specs = """
            spec("a box has room for one", function()
              when("box-1", "put")
              expect("box-1", { "Put" })
            end)
            spec("and for no more", function()
              given("box-1", { "Put" })
              when("box-1", "put")
              expect.refused("full")
            end)
            """

        @Test func `what is saved is tested at once, and Ctrl-C ends with what came of it last`() async throws
        {
            let folder = try TemporaryFolder()
            try folder.write("box/app.lua", Self.app(limit: 1))
            try folder.write("box/box_spec.lua", Self.specs)
            let watching = try StartedCommand(["test", folder.path + "/box", "--watch"])
            try await until("2 specs: all hold (", 1, in: watching)
            #expect(watching.output.contains("ok    a box has room for one\n"))

            try folder.write("box/app.lua", Self.app(limit: 2))
            try await until("2 specs: 1 hold, 1 fails (", 1, in: watching)
            #expect(watching.output.contains("changed: app.lua\nFAIL  and for no more (box_spec.lua:5)\n"))
            #expect(!watching.output.contains("\u{1B}"))

            try folder.write("box/app.lua", "aggregate \"box\" {")
            try await Waiting.until("the error of the file") { watching.errors.contains("app.lua") }

            try folder.write("box/app.lua", Self.app(limit: 1))
            try await until("2 specs: all hold (", 2, in: watching)
            await watching.process.send(SIGINT)
            #expect(try await watching.finish().end == .code(0))
        }

        @Test func `Ctrl-C behind a run that failed is a failure`() async throws {
            let folder = try TemporaryFolder()
            try folder.write("box/app.lua", Self.app(limit: 9))
            try folder.write("box/box_spec.lua", Self.specs)
            let watching = try StartedCommand(["test", folder.path + "/box", "--watch", "--json"])
            try await until(#""failed":1"#, 1, in: watching)
            await watching.process.send(SIGINT)
            #expect(try await watching.finish().end == .code(1))
        }

        /// Waits until a text has been written so many times.
        private func until(_ text: String, _ count: Int, in command: StartedCommand) async throws {
            try await Waiting.until("\(text.debugDescription) for the \(count). time in \(command.output)") {
                command.output.components(separatedBy: text).count > count
            }
        }
    }
}
