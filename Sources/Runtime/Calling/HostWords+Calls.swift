import Lua

/// What `http` of scripts asks of the host.
extension HostWords {
    /// Ends a step that waits for an answer; scripts can't catch it.
    static let callsOutCode = "step-calls-out"

    func registerCalls(in vm: LuaVM) {
        // method, URL, headers, body, milliseconds: status, headers and body of the answer; or nil, code,
        // text, hint and status of a failure; or nil, nil and what is wrong with the request.
        vm.register("call") { [unowned self] arguments, results in
            guard let request = checked(&arguments, into: &results) else { return }
            guard let answer = calls.answer(to: request) else {
                throw LuaAbort(code: Self.callsOutCode, text: request.url.description)
            }
            switch answer {
            case .success(let answer): Self.write(answer, to: &results)
            case .failure(let failure): Self.write(failure, to: &results)
            }
        }
        // The same without the call: true, or what is wrong. For specs, which give the answers themselves.
        vm.register("check_call") { [unowned self] arguments, results in
            if checked(&arguments, into: &results) != nil { results.bool(true) }
        }
    }

    /// The request; nil when it is none, and the results say why.
    private func checked(
        _ arguments: inout PackedReader,
        into results: inout PackedWriter
    ) -> OutboundRequest? {
        do throws(OutboundRequest.Refusal) {
            return try OutboundRequest(&arguments, allowed: allowed)
        } catch {
            switch error {
            case .failure(let failure): Self.write(failure, to: &results)
            case .malformed(let text):
                results.null()
                results.null()
                results.string(text)
            }
            return nil
        }
    }

    private static func write(_ answer: OutboundAnswer, to results: inout PackedWriter) {
        results.integer(Int64(answer.status))
        let names = Set(answer.headers.map(\.name)).sorted()
        results.beginObject(names.count)
        for name in names {
            results.key(name)
            results.string(answer.header(name) ?? "")
        }
        results.string(bytes: answer.body)
    }

    private static func write(_ failure: CallFailure, to results: inout PackedWriter) {
        results.null()
        results.string(failure.code)
        results.string(failure.description)
        results.string(failure.hint)
        if case .retryAfter(_, let status, _) = failure { results.integer(Int64(status)) }
    }
}
