/// Every Lua module that ships has a spec in `stdlib/specs`, and every spec a module.
struct ModuleSpecRule {
    /// The beginnings of the paths of Lua that ships without a spec of its own, with the reason.
    static let without: [String: String] = [
        "stdlib/prelude/":
            "the words of a script, which mean something only inside a host; RuntimeTests run them",
        "stdlib/template/": "an app to begin with, which brings its own specs; StoryTests run them",
    ]

    func breaches(in files: [SourceFile]) -> [Breach] {
        let shipped = files.filter { $0.kind == .lua && $0.path.hasPrefix("stdlib/") }
        let specs = shipped.filter { $0.folder == "stdlib/specs" && $0.baseName.hasSuffix("_spec") }
        let modules = shipped.filter { file in
            file.folder != "stdlib/specs" && !Self.without.keys.contains(where: file.path.hasPrefix)
        }
        let tested = Set(specs.map { String($0.baseName.dropLast("_spec".count)) })
        let untested = modules.filter { !tested.contains($0.baseName) }.map {
            Breach(path: $0.path, line: 0, advice: "has no spec; write stdlib/specs/\($0.baseName)_spec.lua")
        }
        let names = Set(modules.map { $0.baseName + "_spec" })
        let orphans = specs.filter { !names.contains($0.baseName) }.map {
            Breach(path: $0.path, line: 0, advice: "tests no module; delete it, or name it after one")
        }
        return untested + orphans
    }
}
