import Foundation
import Logging
import Runtime
import Stdlib
import Testing

/// The specs of the standard library: its examples, and the files of `stdlib/specs`.
enum ShippedSpecs {
    /// The names of the modules.
    static let modules = StandardLibrary.modules.map(\.name)

    /// One spec, and what runs it.
    struct Case: Sendable, CustomTestStringConvertible {
        let spec: Spec
        let runner: SpecRunner

        var testDescription: String { spec.description }
    }

    static let examples: Result<[Case], any Error> = Result {
        try modules.flatMap { try cases(Words.doctests(of: $0)) }
    }

    static let files: Result<[Case], any Error> = Result {
        try modules.flatMap { module in
            let name = "stdlib/specs/\(module)_spec.lua"
            return try cases(
                SpecFile(name: name, text: Array(try Data(contentsOf: root.appending(path: name))))
            )
        }
    }

    /// The checkout that these tests stand in.
    static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func cases(_ file: SpecFile) throws -> [Case] {
        let scripts = try ScriptSet(name: "library", files: ["app.lua": []])
        let runner = try SpecRunner(scripts: scripts, files: [file], logger: .quiet)
        return runner.specs.map { Case(spec: $0, runner: runner) }
    }
}

extension Logger {
    /// What scripts print in a spec is for the person who runs it, and for no test.
    static let quiet = Logger(label: "specs") { _ in SwiftLogNoOpLogHandler() }
}
