import TestSupport
import Testing

@testable import EventLog

/// The table of keys in memory is a dictionary of lists.
@Suite struct KeyTableTests {
    private struct Model {
        var table = KeyTable()
        var expected: [String: [UInt32]] = [:]
        var numbers: [String: Int] = [:]

        func expectSame() {
            #expect(table.count == expected.count)
            for (name, postings) in expected {
                let number = numbers[name, default: -1]
                #expect(Array(table.postings(of: number)) == postings)
                #expect(Array(table.kindAndName(number)) == [KeyKind.tag.rawValue] + Array(name.utf8))
            }
        }
    }

    /// Adds postings to random keys; with few bits of hash most names share theirs.
    private func add(_ count: Int, to model: inout Model, hashBits: Int, using random: inout SeededRandom) {
        let start = (model.expected.values.compactMap(\.last).max() ?? 0) + 1
        for posting in start..<start + UInt32(count) {
            // A few keys get most postings, and their blocks are given up and taken again all the time.
            let most = [3, 30, 3_000][Int.random(in: 0..<3, using: &random)]
            let name = "name-\(Int.random(in: 0..<most, using: &random))"
            let number = Array(name.utf8).withRawBytes { bytes in
                let hash = NameHash.hash(bytes, seed: 1) >> UInt64(64 - hashBits)
                let key = IndexKey(.tag, bytes, hash: hash)
                #expect(model.table.number(of: key) == model.numbers[name])
                #expect(model.table.number(of: IndexKey(.type, bytes, hash: hash)) == nil)
                return model.table.number(of: key) ?? model.table.insert(key)
            }
            model.numbers[name] = number
            #expect(model.table.append(posting, to: number) == model.expected[name, default: []].count)
            model.expected[name, default: []].append(posting)
        }
    }

    @Test(arguments: [64, 32, 8, 1]) func `it holds what a dictionary holds`(hashBits: Int) {
        var random = SeededRandom(seed: UInt64(hashBits))
        var model = Model()
        for _ in 0..<4 {
            add(hashBits < 8 ? 300 : 2_000, to: &model, hashBits: hashBits, using: &random)
            model.expectSame()
        }
    }

    @Test func `a copy keeps what it held when the other goes on`() {
        var random = SeededRandom(seed: 9)
        var model = Model()
        add(1_000, to: &model, hashBits: 64, using: &random)
        var copy = model
        add(1_000, to: &model, hashBits: 64, using: &random)
        copy.expectSame()
        add(700, to: &copy, hashBits: 64, using: &random)
        copy.expectSame()
        model.expectSame()
    }

    @Test func `the newest posting twice is one posting`() {
        var table = KeyTable()
        let number = Array("a".utf8).withRawBytes { table.insert(IndexKey(.tag, $0, hash: 1)) }
        for posting: UInt32 in [4, 4, 5, 5, 5, 9] { table.append(posting, to: number) }
        #expect(Array(table.postings(of: number)) == [4, 5, 9])
    }

    @Test func `a key without postings has none`() {
        var table = KeyTable()
        let number = Array("a".utf8).withRawBytes { table.insert(IndexKey(.stream, $0, hash: 1)) }
        #expect(table.postings(of: number).isEmpty)
    }

    @Test func `a copy of a slab shares nothing that changes`() {
        var first = Slab<UInt32>(capacity: 2)
        for element: UInt32 in 0..<5 { first.append(element) }
        var second = first
        first[0] = 10
        second.append(5)
        second.update(1) { $0 = 11 }
        var third = second
        _ = third.append(repeating: 7, count: 100)
        #expect(Array(first.elements) == [10, 1, 2, 3, 4])
        #expect(Array(second.elements) == [0, 11, 2, 3, 4, 5])
        #expect(third.count == 106 && third[105] == 7 && third[1] == 11)
    }

    @Test func `hashes of like names are spread evenly, and differ by kind and seed`() {
        var buckets = [Int](repeating: 0, count: 256)
        var low = buckets
        var seen: Set<UInt64> = []
        for number in 0..<51_200 {
            for kind in [KeyKind.stream, .tag] {
                let hash = "order-\(number)".withKey(kind, seed: 3) { $0.hash }
                buckets[Int(hash >> 56)] += 1
                low[Int(hash & 255)] += 1
                seen.insert(hash)
            }
        }
        #expect(seen.count == 102_400)
        // 400 on average; the bounds are five times the standard deviation away.
        #expect((buckets + low).allSatisfy { (300...500).contains($0) })
        #expect("a".withKey(.tag, seed: 3) { $0.hash } != "a".withKey(.tag, seed: 4) { $0.hash })
    }
}
