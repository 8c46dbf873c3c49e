/// The calls of the step that runs now: which is next, and what it is told.
///
/// Used on the thread of the step's VM, by the words of the host.
struct StepCalls: Sendable {
    private let key: CallKey?
    private let answers: StepAnswers

    /// Calls that the step has made in this run.
    private var count = 0

    /// The call that ended the run: it has no answer yet.
    private(set) var pending: PendingCall?

    /// For what is no step of a handler: nothing calls out.
    init() {
        key = nil
        answers = StepAnswers()
    }

    init(_ key: CallKey, _ answers: StepAnswers) {
        self.key = key
        self.answers = answers
    }

    /// Whether the step does again what it did before: its lines are in the host's log already.
    var isReplaying: Bool { count < answers.count }

    /// The answer to the step's next call; nil when it is now pending, and the step has to end.
    mutating func answer(to request: OutboundRequest) -> CallResult? {
        guard let key else { preconditionFailure("the prelude lets only handlers call out") }
        guard count < RuntimeLimits.stepCallsMax else {
            return .failure(.tooMany(callsMax: RuntimeLimits.stepCallsMax))
        }
        count += 1
        let digest = Self.digest(of: request)
        var request = request
        if !request.headers.contains(where: { $0.name == "idempotency-key" }) {
            request.headers.append(
                OutboundHeader("idempotency-key", key.text(number: count, digest: digest))
            )
            request.headers.sort { $0.name < $1.name }
        }
        let call = PendingCall(number: count, digest: digest, request: request)
        if let answer = answers.answer(to: call) { return answer }
        let left = max(0, RuntimeLimits.stepAnswerBytesMax - answers.bytes)
        request.answerBytesMax = min(request.answerBytesMax, left)
        pending = PendingCall(number: count, digest: digest, request: request)
        return nil
    }

    private static func digest(of request: OutboundRequest) -> UInt64 {
        var hash = StableHash()
        let texts = [request.method, request.url.text] + request.headers.flatMap { [$0.name, $0.value] }
        for text in texts {
            hash.add(UInt64(text.utf8.count))
            hash.add(text.utf8)
        }
        hash.add(request.body == nil ? 0 : 1)
        hash.add(request.body ?? [])
        return hash.value
    }
}
