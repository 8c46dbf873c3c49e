import EventLog
import Logging
import TestSupport
import Testing

@testable import Runtime

/// What a new host makes of the steps that the process before it ended in.
@Suite(.unlessItHangs) struct EndedProcessTests {
    private static let file = "/running-steps"

    /// Leaves the trace of a process that ended while the handler ran its step of an event.
    private static func end(in step: Position, of handler: String, _ folder: TemporaryFolder) throws {
        let steps = try RunningSteps(path: folder.path + file, workers: 2)
        steps.begin(1, processor: StableHash.of(handler.utf8), position: step)
    }

    private static func host(
        _ log: MemoryLog,
        _ folder: TemporaryFolder,
        _ body: (HostFixture) async throws -> Void
    ) async throws {
        var options = HostFixture.Options()
        options.runningStepsFile = folder.path + file
        try await withHost(Apps.flaky, log: log, options: options, body)
    }

    private static func log(_ lines: String...) async throws -> MemoryLog {
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: try lines.map(EventText.event)))
        return log
    }

    @Test func `a step that ended a process runs again, and the ending is recorded once`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(#"order-1 Placed {"n":1}"#)
        try Self.end(in: 1, of: "flaky", folder)
        for _ in 0..<2 {
            try await Self.host(log, folder) { fixture in
                try await fixture.untilIdle()
                let recorded = try fixture.events(of: "$parked-flaky")
                #expect(recorded == [#"$parked-flaky StepEndedProcess {"position":1}"#])
                #expect(try fixture.events(of: "done-1") == [#"done-1 Done {"n":1}"#])
            }
        }
    }

    @Test func `a step that ends every process is parked after its attempts, and others go on`() async throws
    {
        let folder = try TemporaryFolder()
        let log = try await Self.log(
            #"order-1 Placed {"n":1}"#,
            #"order-4 Placed {"n":2}"#,
            #"order-1 Placed {"n":3}"#
        )
        for _ in 0..<3 {
            try Self.end(in: 2, of: "flaky", folder)
            // A host that records the ending and dies before any step.
            var options = HostOptions()
            options.logger.logLevel = .critical
            options.runningStepsFile = folder.path + Self.file
            let scripts = try Apps.flaky.scripts()
            let running = try RunningSteps(path: folder.path + Self.file, workers: 2)
            let pool = try WorkerPool(scripts: scripts, log: log, options: options)
            let context = ProcessorContext(
                log: log,
                pool: pool,
                clock: options.clock,
                logger: options.logger
            )
            let flaky = try HandlerProcessor(
                pool.definitions.handlers[0],
                of: pool.live.value,
                router: Router([], log: log, logger: options.logger),
                context: context
            )
            try await flaky.note(running.leftovers)
            running.clear()
        }
        try await Self.host(log, folder) { fixture in
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.position) == [2])
            #expect(parked.map(\.attempts) == [3])
            #expect(parked.first?.failure?.code == "process-ended")
            #expect(try fixture.events(of: "done-1") == [#"done-1 Done {"n":1}"#, #"done-1 Done {"n":3}"#])
            #expect(try fixture.events(of: "done-4").isEmpty)
            let report = try await fixture.host.retryParked(2)
            #expect(report.retried == [2])
            #expect(try fixture.events(of: "done-4") == [#"done-4 Done {"n":2}"#])
        }
    }

    @Test func `the trace of a step that was committed, or of no handler, means nothing`() async throws {
        let folder = try TemporaryFolder()
        let log = try await Self.log(#"order-1 Placed {"n":1}"#)
        try await Self.host(log, folder) { try await $0.untilIdle() }
        try Self.end(in: 1, of: "flaky", folder)
        try await Self.host(log, folder) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "$parked-flaky").isEmpty)
        }
        try Self.end(in: 1, of: "gone", folder)
        try Self.end(in: 99, of: "flaky", folder)
        try await Self.host(log, folder) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.recorded(.category("$parked")).isEmpty)
        }
    }

    @Test func `the trace outlives fewer workers, and a step that has ended leaves none`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + Self.file
        do {
            let many = try RunningSteps(path: path, workers: 4)
            many.begin(0, processor: 7, position: 1)
            many.begin(3, processor: 8, position: 2)
            many.end(0)
        }
        let few = try RunningSteps(path: path, workers: 1)
        #expect(few.leftovers == [RunningSteps.Step(processor: 8, position: 2)])
        few.clear()
        #expect(try RunningSteps(path: path, workers: 1).leftovers.isEmpty)
    }
}
