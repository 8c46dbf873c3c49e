import Runtime
import Testing

@testable import perilune

/// An answer in lines, from chunks that break anywhere.
@Suite struct AnswerLineTests {
    private static let text = """
        {"progress":{"done":1000,"total":2500}}
        {"progress":{"done":2500,"total":2500}}
        {"diff":{"same":true,"text":"é"}}

        """

    @Test(arguments: 1...40)
    func `each amount is told, and the last line is the answer`(size: Int) throws {
        var lines = AnswerLines(url: "http://x", bytesMax: 1_000)
        let bytes = Array(Self.text.utf8)
        var told: [[Int]] = []
        var answer: JSONValue?
        for start in stride(from: 0, to: bytes.count, by: size) {
            #expect(answer == nil)
            let chunk = bytes[start..<min(start + size, bytes.count)]
            answer = try lines.add(chunk) { told.append([$0, $1]) }
        }
        #expect(told == [[1_000, 2_500], [2_500, 2_500]])
        #expect(answer == ["same": true, "text": "é"])
    }

    @Test func `a problem is thrown as one of any other answer`() throws {
        var lines = AnswerLines(url: "http://x", bytesMax: 1_000)
        let line = #"{"error":{"code":"script-syntax","status":422,"detail":"no","hint":"yes"}}"# + "\n"
        let error = #expect(throws: ClientError.self) {
            try lines.add(Array(line.utf8)) { _, _ in Issue.record("there is no progress") }
        }
        #expect(error?.code == "script-syntax")
        #expect(error?.exitCode == .refused)
    }

    @Test(arguments: [
        "no json\n", "[1]\n", "{}\n", "{\"progress\":{}}\n", String(repeating: "a", count: 1_001),
    ])
    func `what isn't such a line is no answer of ours`(text: String) throws {
        var lines = AnswerLines(url: "http://x", bytesMax: 1_000)
        let error = #expect(throws: ClientError.self) { try lines.add(Array(text.utf8)) { _, _ in } }
        #expect(error?.code == "unexpected-answer")
    }
}
