/// Data can't steer the terminal of whoever looks at it.
extension String {
    /// The text with its control characters as Lua writes them: `\27[31m`; lines and tabs stay.
    var harmless: String { harmless { $0 == "\n" || $0 == "\t" } }

    /// The same on one line, for a cell of a table.
    var harmlessLine: String { harmless { _ in false } }

    private func harmless(keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: { $0.isControl && !isKept($0) }) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            switch scalar {
            case _ where !scalar.isControl || isKept(scalar): result.unicodeScalars.append(scalar)
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default: result += "\\\(scalar.value)"
            }
        }
        return result
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1 (ECMA-48): what a terminal takes for orders.
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
