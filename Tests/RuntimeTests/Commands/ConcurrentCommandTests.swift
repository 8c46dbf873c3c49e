import EventLog
import Runtime
import TestSupport
import Testing

@Suite struct ConcurrentCommandTests {
    /// Sends the commands at once, and returns the codes of those that failed.
    private func sendAtOnce(_ count: Int, to streams: [String], on fixture: HostFixture) async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        _ = try await fixture.execute("\(streams[number % streams.count]) add")
                        return nil
                    } catch let error as RuntimeError {
                        return error.code
                    } catch {
                        return "\(error)"
                    }
                }
            }
            var codes: [String] = []
            for await code in group where code != nil { codes.append(code ?? "") }
            return codes
        }
    }

    @Test func `50 commands to one key at once all take effect, one after the other`() async throws {
        try await withHost(Apps.counter, options: .init(workers: 4)) { fixture in
            #expect(await sendAtOnce(50, to: ["counter-1"], on: fixture).isEmpty)
            #expect(try await fixture.state("counter-1") == #"{"value":50}"#)
            let revisions = try fixture.recorded(.stream(try StreamName("counter-1"))).map(\.revision)
            #expect(revisions == Array(0..<50))
        }
    }

    @Test func `waiting behind others isn't a conflict, however many wait`() async throws {
        // More than the conflicts after which a command gives up.
        try await withHost(Apps.counter, options: .init(workers: 4)) { fixture in
            #expect(await sendAtOnce(130, to: ["counter-1"], on: fixture).isEmpty)
            let state = try await fixture.state("counter-1")
            #expect(state == #"{"value":130}"#)
        }
    }

    @Test func `commands to many keys at once don't disturb each other`() async throws {
        try await withHost(Apps.counter, options: .init(workers: 4)) { fixture in
            let streams = (0..<20).map { "counter-\($0)" }
            #expect(await sendAtOnce(200, to: streams, on: fixture).isEmpty)
            for stream in streams {
                let state = try await fixture.state(stream)
                #expect(state == #"{"value":10}"#)
            }
        }
    }

    @Test func `hosts that decide on one stream of one log lose no command`() async throws {
        let log = MemoryLog()
        try await withHost(Apps.counter, log: log) { one in
            try await withHost(Apps.counter, log: log) { other in
                async let first = sendAtOnce(20, to: ["counter-1"], on: one)
                async let second = sendAtOnce(20, to: ["counter-1"], on: other)
                let codes = await first + second
                #expect(codes.isEmpty)
                let state = try await one.state("counter-1")
                #expect(state == #"{"value":40}"#)
            }
        }
    }
}
