import Foundation
import Testing

@testable import Lua

/// JSON that is spoilt by chance: what `scripts/fuzz` does for as long as one likes, for a moment and with a
/// seed.
@Suite struct JSONFuzzTests {
    private static let mutations = 20_000

    /// What `scripts/fuzz` begins with, one text a line.
    private static func seeds() throws -> [[UInt8]] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = try String(contentsOfFile: tests.path + "/LuaFuzz/json.txt", encoding: .utf8)
        return file.split(separator: "\n").map { Array($0.utf8) }
    }

    /// Longer than a byte, and near what the decoder decides by.
    private static let pieces: [[UInt8]] =
        [
            "\\u0000", "\\ud83d\\ude00", "\\ud800", "true", "null", "{}", "[[", "]", ",", ":", "\"", "e5",
            "E-", ".", "-",
            "9223372036854775807", "9223372036854775808", "1e308", "1e309", " ", "\t", "\u{7F}", "é", "😀",
        ].map { Array($0.utf8) } + [
            [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0],
        ]

    private static func spoil(_ text: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var text = text
        for _ in 0...Int.random(in: 0...2, using: &random) {
            let place = Int.random(in: 0...text.count, using: &random)
            let end = min(text.count, place + Int.random(in: 0...3, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: text.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
            case 1: text.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
            case 2: text.removeSubrange(place..<end)
            case 3: text.insert(contentsOf: text[place..<end], at: place)
            case 4 where place < text.count: text[place] = UInt8.random(in: 0...255, using: &random)
            default: if Int.random(in: 0..<8, using: &random) == 0 { text.removeSubrange(place...) }
            }
        }
        return text
    }

    @Test(arguments: [UInt64(20_261_125)])
    func `of spoilt texts the decoder takes what the grammar takes, and gives it back for ever`(
        seed: UInt64
    ) throws {
        var random = SplitMix(state: seed)
        let seeds = try Self.seeds()
        let bench = try Bench("function run(value) return json.encode(value) end")
        var accepted = 0
        for number in 0..<Self.mutations {
            let text = Self.spoil(seeds[number % seeds.count], &random)
            let shown = String(decoding: text, as: UTF8.self)
            let mirrored = try mirror(text, bench)
            try #require((mirrored != nil) == JSONAcceptor.accepts(text), "seed \(seed), \(number): \(shown)")
            guard let mirrored else { continue }
            accepted += 1
            if mirrored == text { continue }
            try #require(JSONAcceptor.accepts(mirrored), "seed \(seed), \(number): \(shown)")
            try #require(try mirror(mirrored, bench) == mirrored, "seed \(seed), \(number): \(shown)")
        }
        // Both ways were gone often.
        #expect((Self.mutations / 10..<Self.mutations * 9 / 10).contains(accepted), "\(accepted) accepted")
    }

    /// Decodes and encodes; nil when it is refused.
    private func mirror(_ text: [UInt8], _ bench: Bench) throws -> [UInt8]? {
        do {
            guard case .string(let bytes)? = try bench.run({ $0.json(text) }).first else { return nil }
            return Array(bytes)
        } catch {
            try #require(error.kind == .conversion, "\(error.rendered)")
            return nil
        }
    }
}
