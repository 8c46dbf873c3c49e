import EventLog
import Runtime
import Testing

@testable import Server

struct ProblemTests {
    private func text(_ problem: Problem) -> String { String(decoding: problem.document, as: UTF8.self) }

    @Test func `a document has the members of RFC 9457, ours, and those of its code`() throws {
        let stream = try StreamName("order-42")
        let error = EventLogError.wrongExpectedRevision(stream: stream, expected: .exactly(3), actual: nil)
        #expect(
            text(Problem(describing: error))
                == #"{"type":"urn:perilune:problem:wrong-expected-revision","#
                + #""title":"wrong expected revision","#
                + #""detail":"stream order-42 was expected at 3 and is at none","#
                + #""code":"wrong-expected-revision","#
                + #""hint":"read the stream again and decide on what it holds now","status":409,"#
                + #""stream":"order-42","expected":3,"actual":null}"#
        )
    }

    @Test func `a refusal keeps the script's own code under one type`() {
        #expect(
            text(.refused(Refusal(code: "already-placed", text: "it was placed")))
                == #"{"type":"urn:perilune:problem:refused","title":"refused","detail":"it was placed","#
                + #""code":"already-placed","#
                + #""hint":"the aggregate's rules refused it; nothing was appended to its stream","#
                + #""status":422}"#
        )
    }

    @Test func `the log's errors look the same through the host and without it`() {
        let error = EventLogError.conditionFailed(index: 2, matching: 17)
        #expect(text(Problem(describing: RuntimeError.log(error))) == text(Problem(describing: error)))
    }

    @Test func `an error that nobody knows is an internal one, and shows nothing of its inside`() {
        struct Secret: Error { let password = "hunter2" }
        let problem = Problem(describing: Secret())
        #expect(problem.status == 500)
        #expect(problem.code == "internal-error")
        #expect(!text(problem).contains("hunter2"))
    }

    @Test(arguments: [
        ("invalid-json", 400), ("invalid-name", 400), ("host-stream", 403), ("host-meta", 403),
        ("unknown-query", 404),
        ("contract-violation", 422),
        ("wrong-expected-revision", 409), ("body-too-large", 413), ("limit-exceeded", 413),
        ("not-available", 501),
        ("log-read-only", 503), ("outcome-unknown", 503), ("host-stopping", 503), ("not-caught-up", 504),
        ("script-error", 500), ("something-new", 500),
    ])
    func `a code has its status`(code: String, status: Int) {
        #expect(ErrorStatus.of(code: code) == status)
    }
}
