import EventLog
import Testing

@testable import Runtime

/// These values are durable, since lanes, seeds and hashes of script sets in existing logs depend on them.
///
/// They were computed by an independent implementation of FNV-1a and of MurmurHash3's mixer.
@Suite struct StableHashTests {
    @Test(
        arguments: [
            ("", 0xEFD0_1F60_BA99_2926), ("a", 0x82A2_A958_A9BE_CE5B), ("order-1", 0x491B_422E_3AF0_D9A5),
            ("stock-tea", 0x2C73_BD74_4683_1C29), ("Ünï-1", 0x36D6_5ECB_CEBC_4C29),
        ] as [(String, UInt64)]
    )
    func `a text's hash never changes`(text: String, hash: UInt64) {
        #expect(StableHash.of(text.utf8) == hash)
    }

    @Test(arguments: [(1, 0x4A3A_3A4B_A652_3826), (.max, 0x6A92_C022_8678_C02E)] as [(UInt64, UInt64)])
    func `a number's hash never changes`(number: UInt64, value: UInt64) {
        var hash = StableHash()
        hash.add(number)
        #expect(hash.value == value)
    }

    @Test func `parts are hashed one after the other`() {
        var hash = StableHash()
        hash.add("ab".utf8)
        hash.add(7)
        #expect(hash.value == 0xCFF9_C232_3E7C_5239)
    }

    @Test(arguments: [
        ("order-1", 5), ("order-4", 5), ("order-2", 11), ("order-3", 2), ("stock-tea", 9), ("Ünï-1", 9),
    ])
    func `a stream's lane never changes`(stream: String, lane: Int) async throws {
        #expect(Lane.of(try StreamName(stream)) == lane)
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: [NewEvent(stream: try StreamName(stream), type: "A")]))
        let event = try #require(try log.read(ReadRequest(.all)).events.first)
        #expect(Lane.of(event) == lane)
    }

    @Test func `streams spread over the lanes`() throws {
        let lanes = try (0..<1_600).map { Lane.of(try StreamName("order-\($0)")) }
        let counts = Dictionary(grouping: lanes, by: \.self).mapValues(\.count)
        #expect(counts.count == RuntimeLimits.lanes)
        // 100 each on average; chance alone keeps within about 10 of it.
        #expect(counts.values.allSatisfy { (60...140).contains($0) })
    }

    @Test func `a script set's hash is of names and texts, and of nothing else`() throws {
        let files = ["app.lua": Array("x = 1".utf8), "a/b.lua": Array("return 2".utf8)]
        let set = try ScriptSet(name: "one", files: files)
        #expect(set.hash.count == 16)
        #expect(try ScriptSet(name: "two", files: files).hash == set.hash)
        let renamed = ["app.lua": Array("x = 1".utf8), "a/c.lua": Array("return 2".utf8)]
        #expect(try ScriptSet(name: "one", files: renamed).hash != set.hash)
        let changed = ["app.lua": Array("x = 2".utf8), "a/b.lua": Array("return 2".utf8)]
        #expect(try ScriptSet(name: "one", files: changed).hash != set.hash)
        // Where one file ends and the next begins is part of it.
        let moved = ["app.lua": Array("x = 1a/b.lua".utf8)]
        #expect(try ScriptSet(name: "one", files: moved).hash != set.hash)
    }
}
