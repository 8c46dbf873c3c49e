/// Reads the doc comments of a Lua file; `ScriptAPI.md` has their grammar.
///
/// A block of `---` lines belongs to the line behind it: `function NAME(PARAMETERS)`, or `word("NAME", …)` in
/// the prelude. Where that line doesn't name the word, the first line of the block does, by
/// `@word NAME(PARAMETERS)`. A block at the top of a module is about the module.
struct DocComments {
    /// A block of doc comment and the line of code behind it.
    private struct Block {
        /// Without the dashes.
        var lines: [String] = []
        /// Where the first one stands, from 1.
        var start = 0
        var declaration = ""
    }

    /// In the order of the file.
    let entries: [HelpEntry]

    /// The module is the name that scripts require the file by; nil for the words of the prelude.
    init(_ text: [UInt8], module: String?) {
        let lines = String(decoding: text, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        entries = Self.blocks(lines).compactMap { Self.entry($0, module: module) }
    }

    private static func blocks(_ lines: [String]) -> [Block] {
        var blocks: [Block] = []
        var open: Block?
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("---") {
                var block = open ?? Block(start: index + 1)
                let text = line.dropFirst(3)
                block.lines.append(String(text.hasPrefix(" ") ? text.dropFirst() : text))
                open = block
            } else if var block = open {
                block.declaration = line
                blocks.append(block)
                open = nil
            }
        }
        return blocks
    }

    private static func entry(_ block: Block, module: String?) -> HelpEntry? {
        var lines = block.lines[...]
        var start = block.start
        let signature: String
        if let marked = lines.first, marked.hasPrefix("@word ") {
            signature = String(marked.dropFirst("@word ".count))
            lines = lines.dropFirst()
            start += 1
        } else if let declared = declared(block.declaration, module: module) {
            signature = declared
        } else if let module, block.start == 1 {
            signature = "local \(module) = require \"\(module)\""
        } else {
            return nil
        }
        let isModule = module != nil && block.start == 1
        let name = isModule ? module ?? "" : String(signature.prefix { $0 != "(" && $0 != " " })
        let split = lines.firstIndex(of: "Example:") ?? lines.endIndex
        return HelpEntry(
            name: name,
            signature: signature,
            summary: lines.first ?? "",
            body: Array(lines[..<split].dropFirst()),
            examples: examples(lines[split...].dropFirst(), firstLine: start + split - lines.startIndex + 1)
        )
    }

    /// The word that a line of code declares; a module's own table is called as its file is.
    private static func declared(_ line: String, module: String?) -> String? {
        if line.hasPrefix("function ") {
            let signature = line.dropFirst("function ".count).prefix { $0 != ")" } + ")"
            guard let dot = signature.firstIndex(of: ".") else { return nil }
            let table = signature[..<dot]
            if let module { return module + signature[dot...] }
            return table == "env" ? String(signature[dot...].dropFirst()) : String(signature)
        }
        guard line.hasPrefix("word(\"") else { return nil }
        return line.dropFirst("word(\"".count).prefix { $0 != "\"" } + " \"name\" { … }"
    }

    /// Lines of code, `> …`, each run of them with the line behind it.
    private static func examples(_ lines: ArraySlice<String>, firstLine: Int) -> [Doctest] {
        var found: [Doctest] = []
        var code: [String] = []
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("> ") {
                code.append(String(line.dropFirst(2)))
            } else {
                found.append(Doctest(code: code, expected: line, line: firstLine + index - code.count))
                code = []
            }
        }
        // Code with nothing behind it stays visible, as a doctest that can't hold.
        if !code.isEmpty {
            found.append(Doctest(code: code, expected: "", line: firstLine + lines.count - code.count))
        }
        return found
    }
}
