import ArgumentParser
import Runtime

/// The options of every command that talks to a running host.
struct ClientOptions: ParsableArguments {
    @Option(help: "The address of the running host.")
    var url = "http://127.0.0.1:7070"

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    /// Runs a command against the host, and turns what goes wrong into one line, a hint and an exit code.
    func perform(_ body: (APIClient) async throws -> Void) async throws {
        do {
            let api = try APIClient(url: url)
            do {
                try await body(api)
            } catch {
                await api.close()
                throw error
            }
            await api.close()
        } catch let error as ClientError {
            report(error)
            throw error.exitCode
        }
    }

    /// Tells people on standard error what went wrong; machines get the document itself.
    func report(_ error: ClientError) {
        if json, case .problem(let document) = error {
            return Console.standardError.line(String(decoding: document.bytes, as: UTF8.self))
        }
        Console.standardError.line("\(error.code): \(error.detail)")
        if let text = error.text, !text.isEmpty {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                Console.standardError.line("  | \(line)")
            }
        }
        // A script's text has the hint in it already.
        if let hint = error.hint, !(error.text ?? "").contains(hint) {
            Console.standardError.line("  hint: \(hint)")
        }
    }

    /// Prints an answer: as it came for machines, or what `text` makes of it.
    func show(_ answer: Answer, _ text: (JSONValue) throws -> String) throws {
        if json {
            Console.standardOutput.line(String(decoding: answer.bytes, as: UTF8.self))
        } else {
            Console.standardOutput.line(try text(try answer.value()))
        }
    }
}
