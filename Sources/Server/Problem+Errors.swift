import EventLog
import Hummingbird
import Runtime

extension Problem {
    /// What a client is told about an error of any origin.
    init(describing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as RuntimeError: self.init(error)
        case let error as EventLogError: self.init(error)
        case let error as JSONError: self.init(error)
        case let error as HTTPError: self.init(error)
        case is CancellationError: self.init(RuntimeError.stopping)
        default:
            self.init(
                "internal-error",
                "the host failed in a way that it doesn't know: \(type(of: error))",
                hint: "look at the host's log, and report it"
            )
        }
    }

    init(_ error: RuntimeError) {
        switch error {
        case .log(let error): self.init(error)
        case .script(let failure):
            self.init(failure.code, failure.summary, hint: failure.hint, members: failure.members)
        case .publishRefused(let failures):
            self.init(
                error.code,
                error.description,
                hint: error.hint,
                members: [
                    ("failures", .array(failures.map(\.json))),
                    ("text", .string(failures.map(\.text).joined(separator: "\n\n"))),
                ]
            )
        case .contractViolation(let violation):
            self.init(
                error.code,
                error.description,
                hint: error.hint,
                members: [
                    ("event", .integer(Int64(violation.index))), ("field", .string(violation.field)),
                    ("stream", .string(violation.stream)),
                ]
            )
        case .parkedBehind(_, let first):
            self.init(
                error.code,
                error.description,
                hint: error.hint,
                members: [("first", .position(first))]
            )
        case .notCaughtUp(let after, let reached):
            self.init(
                error.code,
                error.description,
                hint: error.hint,
                members: [("after", .position(after)), ("position", .position(reached))]
            )
        case .projectionBuilding(let name, let progress), .rebuildRunning(let name, let progress):
            self.init(
                error.code,
                error.description,
                hint: error.hint,
                members: [
                    ("processor", .string(name)), ("generation", .integer(Int64(progress.generation))),
                    ("position", .position(progress.position)), ("target", .position(progress.target)),
                ]
            )
        default: self.init(error.code, error.description, hint: error.hint)
        }
    }

    init(_ error: EventLogError) {
        self.init(error.code, error.description, hint: error.hint)
        switch error {
        case .wrongExpectedRevision(let stream, let expected, let actual):
            members = [
                ("stream", .string(stream.text)), ("expected", expected.json),
                ("actual", actual.map(JSONValue.position) ?? .null),
            ]
        case .conditionFailed(let index, let position):
            members = [("condition", .integer(Int64(index))), ("position", .position(position))]
        case .limitExceeded(let what, let limit, let actual):
            members = [
                ("field", .string(what)), ("limit", .integer(Int64(limit))),
                ("actual", .integer(Int64(actual))),
            ]
        default: break
        }
    }

    init(_ error: JSONError) {
        switch error {
        case .syntax(_, let place):
            let members: [(String, JSONValue)] = [
                ("offset", .integer(Int64(place.offset))), ("line", .integer(Int64(place.line))),
                ("column", .integer(Int64(place.column))),
            ]
            self.init("invalid-json", error.description, hint: error.hint, members: members)
        case .wrongKind(let member, _, _), .missing(let member):
            self.init(
                "invalid-input",
                error.description,
                hint: error.hint,
                members: [("field", .string(member))]
            )
        case .notFinite, .tooDeep:
            self.init("internal-error", error.description, hint: error.hint)
        }
    }

    init(_ error: HTTPError) {
        switch error.status {
        case .notFound:
            self.init(
                "not-found",
                "there is no such route",
                hint: "see the table of routes in the documentation"
            )
        default:
            self.init(
                "bad-request",
                error.body ?? error.status.reasonPhrase,
                hint: "see the HTTP API page for the shape that is expected"
            )
        }
        status = error.status.code
    }
}

extension ScriptFailure {
    /// The failure in parts, for a problem document.
    var members: [(name: String, value: JSONValue)] {
        [
            ("file", .string(file)), ("line", .integer(Int64(line))), ("context", .string(context)),
            ("text", .string(text)),
        ]
    }
}

extension ExpectedRevision {
    /// As a request would write it: a word, or a number.
    var json: JSONValue {
        if case .exactly(let revision) = self { .position(revision) } else { .string(description) }
    }
}

extension JSONValue {
    /// A position or a revision; no log will ever reach those that don't fit.
    static func position(_ value: UInt64) -> JSONValue { .integer(Int64(clamping: value)) }
}
