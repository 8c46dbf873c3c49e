/// How many columns of a terminal a text takes, which is neither its bytes nor its letters.
///
/// Letters of East Asia and most emoji take two (UAX #11, `Wide` and `Fullwidth`; emoji by their
/// presentation, UTS #51), marks none. A terminal may see a rare letter otherwise.
extension String {
    /// The columns of all of it.
    var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// Behind it so many spaces that it takes a width; a text that is wider stays as it is.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - displayWidth))
    }

    /// Its beginning, of no more than so many columns; no letter is cut in two.
    func prefix(columns: Int) -> Substring {
        var left = columns
        var end = startIndex
        while end < endIndex {
            left -= self[end].displayWidth
            if left < 0 { break }
            end = index(after: end)
        }
        return self[..<end]
    }

    /// Whether it takes more columns than that; looks no further than needed.
    func isWider(than columns: Int) -> Bool { prefix(columns: columns).endIndex < endIndex }
}

extension Character {
    /// The columns that it takes: those of its widest part.
    fileprivate var displayWidth: Int {
        if isASCII { return 1 }
        var width = 0
        for scalar in unicodeScalars {
            // Asks for the picture of what comes before it.
            if scalar.value == 0xFE0F { return 2 }
            width = max(width, scalar.displayWidth)
        }
        return width
    }
}

extension Unicode.Scalar {
    fileprivate var displayWidth: Int {
        if value < 0x300 { return value == 0xAD ? 0 : 1 }
        if properties.isEmojiPresentation || Self.wide.contains(where: { $0.contains(value) }) { return 2 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }

    /// Of `EastAsianWidth.txt`, with the gaps between blocks of one kind filled.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
        0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x20000...0x3FFFD,
    ]
}
