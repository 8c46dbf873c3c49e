/// The scripts that are bad, and what is said about them.
extension Stories.BadScriptStory {
    /// A handler that fails on events that say so, each in its own way.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        /// What the handler does with a bad event, in one line.
        let deed: String
        /// The code of its failure.
        let code: String
        /// What its text says.
        let says: String
    }

    /// An app that can't be loaded: its script, the line that says why not, and the word that carets
    /// stand under.
    struct Mistake: Sendable {
        let script: String
        let line: Int
        let word: String?

        init(_ script: String, _ line: Int, under word: String? = nil) {
            self.script = script
            self.line = line
            self.word = word
        }
    }

    static let cases = [
        Case(
            description: "an endless loop",
            deed: "while true do end",
            code: "script-instruction-limit",
            says: "instruction"
        ),
        Case(
            description: "a string of 1 GiB",
            deed: #"local s = string.rep("x", 1 << 30)"#,
            code: "script-memory-limit",
            says: "memory"
        ),
        Case(
            description: "an unknown aggregate",
            deed: #"command("ordr", e.key, "place", {})"#,
            code: "script-error",
            says: "there is no aggregate ordr"
        ),
        Case(
            description: "an error of its own",
            deed: #"error("the printer is on fire")"#,
            code: "script-error",
            says: "the printer is on fire"
        ),
    ]

    /// An app with a handler that does the deed on a bad event, and one that doesn't.
    func app(
        _ deed: String,
        settings: String = #"retry = { attempts = 2, first = "1ms" },"#
    ) -> String {
        """
        handler "answers" {
          on = "thing.Asked",
          \(settings)
          run = function(e)
            if e.data.bad then
              \(deed)
            end
            emit("answer-" .. e.key, "Answered", {})
          end,
        }

        handler "notes" {
          on = "thing.Asked",
          run = function(e) emit("note-" .. e.key, "Noted", {}) end,
        }
        """
    }
}
