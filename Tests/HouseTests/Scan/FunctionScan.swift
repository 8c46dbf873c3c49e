/// One function found in a source file, from the line of its declaration to its closing brace.
struct FoundFunction: Equatable {
    let name: String
    /// From 1.
    let line: Int
    let lineCount: Int
}

/// Finds the functions of a Swift or C file by matching brackets.
///
/// In Swift: `func`, `init`, `deinit`, `subscript`, and a `var` with a body. In C: what stands at file level
/// and has a parameter list before its brace. A closure or a nested function counts towards the function
/// around it.
struct FunctionScan {
    private let tokens: [Token]
    private let isSwift: Bool

    init(_ file: SourceFile) {
        tokens = Token.all(of: file)
        isSwift = file.kind == .swift
    }

    func functions() -> [FoundFunction] {
        isSwift ? swiftFunctions() : cFunctions()
    }

    private static let introducers: Set<String> = ["func", "init", "deinit", "subscript", "var"]
    private static let otherDeclarations: Set<String> = [
        "let", "case", "struct", "class", "enum", "extension", "protocol", "actor", "typealias",
        "associatedtype",
        "import",
    ]

    private func swiftFunctions() -> [FoundFunction] {
        tokens.indices.compactMap { start in
            guard Self.introducers.contains(tokens[start].text), start == 0 || tokens[start - 1].text != ".",
                let open = swiftBody(after: start)
            else { return nil }
            let isNamed = ["func", "var"].contains(tokens[start].text)
            return function(named: tokens[isNamed ? start + 1 : start].text, from: start, brace: open)
        }
    }

    /// The brace that opens the body of the declaration at `start`; nil when it has none, as in a protocol.
    private func swiftBody(after start: Int) -> Int? {
        let isVariable = tokens[start].text == "var"
        var depth = 0
        for index in (start + 1)..<tokens.count {
            let token = tokens[index]
            switch token.text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case _ where depth > 0: continue
            case "{": return index
            case "}": return nil
            case "=" where isVariable: return nil
            case _ where isVariable && token.startsLine: return nil
            case _ where Self.introducers.union(Self.otherDeclarations).contains(token.text): return nil
            default: continue
            }
            if depth < 0 { return nil }
        }
        return nil
    }

    private func cFunctions() -> [FoundFunction] {
        var found: [FoundFunction] = []
        var index = 0
        while index < tokens.count {
            guard tokens[index].text == "{", index > 0, tokens[index - 1].text != "extern" else {
                index += 1
                continue
            }
            if tokens[index - 1].text == ")", let open = openingParenthesis(of: index - 1), open > 0 {
                found.append(function(named: tokens[open - 1].text, from: open - 1, brace: index))
            }
            index = closingBrace(of: index) + 1
        }
        return found
    }

    private func function(named name: String, from start: Int, brace open: Int) -> FoundFunction {
        let lineCount = tokens[closingBrace(of: open)].line - tokens[start].line + 1
        return FoundFunction(name: name, line: tokens[start].line, lineCount: lineCount)
    }

    private func closingBrace(of open: Int) -> Int {
        var depth = 0
        for index in open..<tokens.count {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return tokens.count - 1
    }

    private func openingParenthesis(of close: Int) -> Int? {
        var depth = 0
        for index in (0...close).reversed() {
            if tokens[index].text == ")" { depth += 1 }
            if tokens[index].text == "(" { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}
