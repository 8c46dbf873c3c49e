/// Where our Lua differs from the stock interpreter, on purpose.
///
/// The page for script writers (`ScriptAPI.md`) shows this list word by word.
struct Difference: Sendable {
    let name: String
    let why: String
    /// The lines of the chapters that show it; none when it shows nowhere there.
    let cases: [Case]

    init(_ name: String, _ why: String, cases: [Case] = []) {
        self.name = name
        self.why = why
        self.cases = cases
    }

    /// Lines by how they begin, and a text within them.
    struct Case: Sendable {
        let start: String
        let part: String

        init(_ start: String, with part: String = "") {
            self.start = start
            self.part = part
        }

        func holds(_ line: String) -> Bool {
            line.hasPrefix(start) && (part.isEmpty || line.contains(part))
        }
    }

    static let all: [Difference] = [
        Difference(
            "absent",
            "No `os`, `io`, `debug`, `package`, `coroutine`, `load`, `loadfile`, `dofile`, `collectgarbage`, "
                + "`rawget`, `rawset`, `string.dump`, `math.random`, `warn`, `_G`."
        ),
        Difference(
            "metatables",
            "`__gc` and `__mode` are refused by `setmetatable`, and do nothing when added later. "
                + "The metatable of texts can't be seen.",
            cases: [Case("arguments: getmetatable(4"), Case("arguments: getmetatable(5")]
        ),
        Difference(
            "pairs and next",
            "`pairs` goes in sorted order: numbers, texts, booleans; other keys are an error, and "
                + "so is what is "
                + "no table. `next(t)` is the first key; `next(t, key)` is refused.",
            cases: [Case("arguments: next("), Case("arguments: pairs("), Case("errors: message 35 ")]
        ),
        Difference(
            "tostring",
            "`tostring` and `%s` show no addresses, and `%p` is refused.",
            cases: [Case("format: [%", with: "p] "), Case("arguments: tostring(")]
        ),
        Difference(
            "length",
            "Of a list with holes, `#` is the same border on every machine.",
            cases: [Case("places: move 1,3 "), Case("places: move 1,4 ")]
        ),
        Difference(
            "NaN",
            "Its text is `nan`, never `-nan`.",
            cases: [Case("operators: ", with: "nan")]
        ),
        Difference(
            "table",
            "The functions of `table` look at the table itself, not at its metamethods, and take "
                + "nothing else.",
            cases: [Case("arguments: table.")]
        ),
        Difference(
            "table.sort",
            "Sorting is stable, and takes any comparison; which two elements an error speaks of may differ.",
            cases: [Case("arguments: table.sort(")]
        ),
        Difference(
            "utf8.codes",
            "A stray continuation byte is an error, as the manual says.",
            cases: [Case("utf8: codes ")]
        ),
        Difference(
            "%z",
            "No class in patterns; write `\\0`.",
            cases: [Case("classes: z "), Case("classes: [%z] "), Case("patterns: ", with: " %z ->")]
        ),
        Difference(
            "numerals",
            "A text of more than 1,000 bytes is no number.",
            cases: [Case("tonumber: of 1,001 digits ")]
        ),
        Difference(
            "limits",
            "Instructions, memory, output and time of a step are limited. Reaching a limit can't be caught; "
                + "the step leaves no trace but its failure."
        ),
        Difference(
            "globals",
            "After load a global that doesn't exist can't be written."
        ),
        Difference(
            "require",
            "Finds the app's own files, then the standard library."
        ),
        Difference(
            "json",
            "A library that plain Lua lacks: `encode`, `decode`, `null`, `array`; `require "
                + "\"json\"` has more."
        ),
    ]
}
