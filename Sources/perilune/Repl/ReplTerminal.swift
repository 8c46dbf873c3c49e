import Runtime

/// What a prompt shows while a line runs, and what it asks of the person.
struct ReplTerminal {
    /// Whether what is shown is for machines.
    let json: Bool
    let calls: BlockingCalls
    /// Who is asked before something is sent.
    let person = Person()

    /// Somebody at a terminal, once there is one.
    final class Person {
        /// Puts a question that is answered with yes or no; nil where nobody can be asked.
        var ask: ((String) -> Bool)?
    }

    /// By the names that the prelude's `repl_*.lua` call.
    var words: [String: (JSONValue) throws -> JSONValue] {
        [
            "repl_show": { shown in
                show(shown)
                return .null
            },
            "repl_ask": { options in
                guard let ask = person.ask else {
                    throw ExplorerError("nobody can be asked here: write commit({ yes = true })")
                }
                return .bool(ask(options["question"]?.string ?? ""))
            },
        ]
    }

    /// The same of those that wait.
    var waitingWords: [String: (JSONValue) throws -> JSONValue] {
        ["repl_pause": { options in .bool(pause(options["seconds"]?.double ?? 1)) }]
    }

    private func show(_ shown: JSONValue) {
        if let text = shown["text"]?.string {
            // Machines read values; a text beside them is for whoever looks on.
            (json ? Console.standardError : .standardOutput).line(text)
        } else if json, let event = shown["event"], shown["aside"]?.bool == true {
            Console.standardError.line(ValueText.event(event))
        } else if let event = shown["event"] {
            Console.standardOutput.line(json ? JSONText.compact(event) : ValueText.event(event))
        } else {
            show(.json(shown["value"] ?? .null))
        }
    }

    /// Shows one result.
    func show(_ value: Evaluation.Value) {
        switch value {
        case .json(let value):
            Console.standardOutput.line(json ? JSONText.compact(value) : ValueText.text(value))
        case .text(let text):
            Console.standardOutput.line(json ? JSONText.compact(.string(text)) : text)
        }
    }

    /// False when it was interrupted.
    private func pause(_ seconds: Double) -> Bool {
        // Its one error is that it was cancelled.
        (try? calls.wait { try await Task.sleep(for: .seconds(seconds)) }) != nil
    }
}
