import EventLog
import Hummingbird
import Runtime

/// An error as clients see it: a problem document of RFC 9457 with a stable `code` and a `hint`.
///
/// Every error of the API takes this form, those of the HTTP library included (`ProblemMiddleware`).
struct Problem: Error {
    /// Stable, kebab-case, for programs.
    var code: String

    /// The kind of problem in a few words; the same for every occurrence.
    var title: String

    /// What happened this time, in a sentence.
    var detail: String

    /// What a person can do about it.
    var hint: String

    /// Members beside those that every problem has: `expected`, `actual`, `position`.
    var members: [(name: String, value: JSONValue)] = []

    /// The HTTP status.
    var status: Int

    /// Headers beside the content type.
    var headers = HTTPFields()

    /// Whether the connection can't be used after this answer, because its request wasn't read to the end.
    var closesConnection = false

    /// A problem whose status follows from its code, and whose title is the code in words.
    init(_ code: String, _ detail: String, hint: String, members: [(name: String, value: JSONValue)] = []) {
        self.code = code
        self.title = code.split(separator: "-").joined(separator: " ")
        self.detail = detail
        self.hint = hint
        self.members = members
        self.status = ErrorStatus.of(code: code)
    }

    /// A value in a request that can't be used; `field` names it.
    static func invalidInput(_ field: String, _ detail: String) -> Problem {
        Problem(
            "invalid-input",
            detail,
            hint: "correct \(field.debugDescription) and send the request again",
            members: [("field", .string(field))]
        )
    }

    /// A command that the aggregate refused: an answer, not a fault, under the script's own code.
    static func refused(_ refusal: Refusal) -> Problem {
        var problem = Problem(
            refusal.code,
            refusal.text,
            hint: "the aggregate's rules refused it; nothing was appended to its stream"
        )
        problem.title = "refused"
        problem.status = 422
        return problem
    }

    /// The document, as bytes.
    var document: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        let standard: [(String, String)] = [
            ("type", "urn:perilune:problem:" + (title == "refused" ? title : code)), ("title", title),
            ("detail", detail), ("code", code), ("hint", hint),
        ]
        for (name, value) in standard {
            writer.name(name)
            writer.string(value)
        }
        writer.name("status")
        writer.integer(status)
        for member in members {
            writer.name(member.name)
            do {
                try writer.value(member.value)
            } catch {
                // Our own members are strings, integers and short objects of them; a value that can't be
                // written (a script's NaN) must not hide the problem that carries it.
                writer.null()
            }
        }
        writer.endObject()
        return writer.bytes
    }
}
