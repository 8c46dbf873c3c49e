import Foundation
import Testing

struct ScriptTests {
    private let repository = Repository.here

    @Test(arguments: ["demo", "test", "check", "bench"])
    func `what the README and the design call a script is there and runs`(name: String) {
        #expect(FileManager.default.isExecutableFile(atPath: repository.root.path + "/scripts/" + name))
    }

    @Test func `every shell script stops at its first failure`() {
        let scripts = repository.files.filter { $0.path.hasPrefix("scripts/") && $0.kind == .shell }
        #expect(!scripts.isEmpty)
        expectNone(
            scripts.filter { !$0.lines.contains("set -euo pipefail") }.map {
                Breach(path: $0.path, line: 1, advice: "goes on after a failure; add 'set -euo pipefail'")
            }
        )
    }

    @Test func `continuous integration runs the gate and nothing else`() throws {
        let commands = try #require(repository.file(".ci/run")).lines.filter {
            !$0.isEmpty && !$0.hasPrefix("#")
        }
        #expect(commands.count == 1)
        #expect(commands.first?.hasSuffix("scripts/test\"") == true)
    }
}
