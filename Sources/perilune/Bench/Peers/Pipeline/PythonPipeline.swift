import Foundation

/// A peer that is a package for Python: a script works off what it filled in itself, and prints what it did.
struct PythonPipeline: PipelinePeer {
    let name: String
    let remarks: String

    /// Gets folder, seconds, events to fill in, and the data of an event.
    let script: String

    /// Events that are there beforehand for each second, more than it works off.
    let filledASecond: Int

    private var interpreter: String? { InstalledProgram.path("python3") }

    /// Itself, when the first Python in PATH has the package.
    func ifInstalled() -> PythonPipeline? {
        guard let interpreter else { return nil }
        let question = "import importlib.util as u, sys; sys.exit(u.find_spec('\(name)') is None)"
        // A Python that can't even be asked has no package.
        let answer = try? ChildProcess([interpreter, "-c", question], errors: "/dev/null").rest()
        return answer == nil ? nil : self
    }

    func run(in folder: String, seconds: Int, leftovers: Leftovers) async throws -> PipelineReport {
        guard let interpreter else { throw BenchError("there is no python3 any more") }
        let path = folder + "/work.py"
        try script.write(toFile: path, atomically: false, encoding: .utf8)
        let command = [
            interpreter, path, folder, "\(seconds)", "\(filledASecond * seconds)",
            String(decoding: AppendCase.data, as: UTF8.self),
        ]
        let process = try ChildProcess(command, errors: folder + "/err")
        let text = try await leftovers.withProcess(process, endedBy: SIGTERM) { try $0.rest().text }
        return try JSONDecoder().decode(PipelineReport.self, from: Data(text.utf8))
    }
}
