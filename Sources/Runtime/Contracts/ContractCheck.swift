import EventLog
import Lua

/// Holds what callers of the host append to the app's contracts, and notes the version of its data.
///
/// Used by `Host.commit` alone: what scripts emit is checked where they emit it. An event whose meta names an
/// older version comes from a producer that doesn't know the current one; it is upcast when it is read, and
/// can't be checked before.
struct ContractCheck: Sendable {
    let log: any EventLog
    let pool: WorkerPool

    /// An event that has to be checked, and its place in the frame.
    private typealias Appended = (index: Int, event: NewEvent)

    /// The frame as it is to be committed.
    ///
    /// A frame whose idempotency key is known goes on as it is: it gets the earlier answer, whatever the
    /// contracts have become.
    ///
    /// - Throws: `RuntimeError.contractViolation` for the first event that breaks its contract.
    func checked(_ frame: NewFrame) async throws(RuntimeError) -> NewFrame {
        let schemas = pool.definitions.schemas
        var frame = frame
        var appended: [Appended] = []
        for (index, event) in frame.events.enumerated() {
            guard let schema = schemas.schema(of: event.type, in: event.stream) else { continue }
            let given = try Self.givenVersion(of: event, at: index, current: schema.version)
            if let given, given < schema.version { continue }
            if given == nil, schema.version > 1 {
                frame.events[index].meta = Self.meta(event.meta, adding: schema.version)
            }
            if schema.isChecked { appended.append((index, event)) }
        }
        guard let first = appended.first, try !isKnown(frame.idempotencyKey) else { return frame }
        let violation: ContractViolation?
        do {
            violation = try await pool.worker(for: first.event.stream).withSession {
                [appended] session throws(StepStop) in try Self.violation(among: appended, in: session)
            }
        } catch {
            guard case .failed(let failure) = error else { preconditionFailure("a check decides nothing") }
            throw .script(failure)
        }
        if let violation { throw .contractViolation(violation) }
        return frame
    }

    private func isKnown(_ key: String?) throws(RuntimeError) -> Bool {
        guard let key else { return false }
        do { return try log.receipt(forKey: key) != nil } catch { throw .log(error) }
    }

    private static func violation(
        among appended: [Appended],
        in session: ScriptSession
    ) throws(StepStop) -> ContractViolation? {
        for (index, event) in appended {
            let context = "contract of \(event.stream.category).\(event.type)"
            var results = try session.call("check_appended", context: context) { arguments in
                arguments.string(event.stream.category)
                arguments.string(event.type)
                if event.data.isEmpty { arguments.beginObject(0) } else { arguments.json(event.data) }
            }
            guard case .string(let path)? = results.next() else { continue }
            return ContractViolation(
                index: index,
                event: event,
                path: String(decoding: path, as: UTF8.self),
                problem: results.text()
            )
        }
        return nil
    }

    /// The version that the event's own meta names; nil when it names none.
    private static func givenVersion(
        of event: NewEvent,
        at index: Int,
        current: Int
    ) throws(RuntimeError) -> Int? {
        guard event.meta.withUnsafeBytes(EventSchemas.mayNameVersion) else { return nil }
        let meta: JSONValue
        do { meta = try JSONValue(parsing: event.meta) } catch {
            throw .invalidInput("the meta of \(event.type) is not valid JSON: \(error)")
        }
        guard let given = meta[EventSchemas.metaName] else { return nil }
        guard let version = given.integer, (1...Int64(current)).contains(version) else {
            let found = given.integer.map(String.init) ?? given.kind
            let problem = "must be an integer from 1 to \(current), it is \(found)"
            let path = "meta.\(EventSchemas.metaName)"
            throw .contractViolation(
                ContractViolation(index: index, event: event, path: path, problem: problem)
            )
        }
        return Int(version)
    }

    /// The bytes of a meta that names no version, with one behind its other members.
    private static func meta(_ meta: ArraySlice<UInt8>, adding version: Int) -> ArraySlice<UInt8> {
        let member = Array("\"\(EventSchemas.metaName)\":\(version)}".utf8)
        guard let end = meta.lastIndex(of: UInt8(ascii: "}")) else { return [UInt8(ascii: "{")] + member }
        let rest = meta[..<end]
        let isEmpty = rest.dropFirst().allSatisfy { $0 <= UInt8(ascii: " ") }
        return rest + (isEmpty ? [] : [UInt8(ascii: ",")]) + member
    }
}

/// How an event that was to be appended breaks its contract.
public struct ContractViolation: Hashable, Sendable, CustomStringConvertible {
    /// Its place in the frame, from 0.
    public let index: Int

    /// Where it was to go.
    public let stream: String

    /// Its type.
    public let type: String

    /// The member that is wrong, in the whole event: `data.lines[2].price`; lists count from 0.
    public let field: String

    /// What it must be, and what it is.
    public let problem: String

    init(index: Int, event: NewEvent, path: String, problem: String) {
        self.index = index
        stream = event.stream.text
        type = event.type
        let isInData = path != "data" && !path.hasPrefix("meta.")
        field = isInData ? "data." + path : path
        self.problem = problem
    }

    /// The event, the field and what is wrong with it, in one sentence.
    public var description: String { "\(type) of \(stream): \(field) \(problem)" }
}
