/// Arrows point down only: which modules each target may import.
///
/// The first table is that of the design; the second names modules that have one home. Tests may import what
/// they test, but never another suite, and never a module outside its home.
struct ImportRule: FileRule {
    /// What comes with the compiler and does no input or output of its own making.
    private static let system: Set<String> = ["Glibc", "Musl", "Darwin", "Synchronization", "Dispatch"]

    static let allowed: [String: Set<String>] = [
        "CLua": [],
        "CChecksum": [],
        "CEdit": [],
        "Lua": system.union(["CLua"]),
        "EventLog": system.union(["CChecksum", "Logging"]),
        "ReadModels": system.union(["GRDB", "GRDBSQLite", "Foundation"]),
        "Stdlib": [],
        "Runtime": system.union([
            "Lua", "EventLog", "ReadModels", "Stdlib", "Logging", "Foundation", "HeapModule",
        ]),
        "Server": system.union([
            "Runtime", "EventLog", "AsyncHTTPClient", "Hummingbird", "HummingbirdCore", "HTTPTypes",
            "NIOCore", "NIOHTTP1", "NIOPosix", "ServiceLifecycle", "Logging", "Foundation",
        ]),
        "perilune": system.union([
            "Server", "Runtime", "EventLog", "ReadModels", "Lua", "CEdit", "ArgumentParser",
            "AsyncHTTPClient",
            "NIOCore",
            "NIOHTTP1",
            "NIOFoundationCompat", "ServiceLifecycle", "UnixSignals", "Logging", "Foundation",
        ]),
    ]

    /// A heavy or dangerous module, and the targets that may see it.
    static let homes: [String: Set<String>] = [
        "CLua": ["Lua"],
        "CChecksum": ["EventLog"],
        "CEdit": ["perilune"],
        "GRDB": ["ReadModels"],
        "GRDBSQLite": ["ReadModels"],
        "SQLite3": [],
        "Hummingbird": ["Server"],
        "HTTPTypes": ["Server"],
        "ArgumentParser": ["perilune", "PeriluneTests"],
        "XCTest": [],
    ]

    private let statement = Pattern(
        #"^\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"#
            + #"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)"#
    )

    func breaches(in file: SourceFile) -> [Breach] {
        guard file.kind == .swift, let target = file.target else { return [] }
        return file.codeLines.enumerated().flatMap { index, line in
            statement.captures(in: line).compactMap { module in
                advice(for: module, in: target).map { Breach(path: file.path, line: index + 1, advice: $0) }
            }
        }
    }

    private func advice(for module: String, in target: String) -> String? {
        if let homes = Self.homes[module], !homes.contains(target) {
            let home = homes.isEmpty ? "nowhere" : "only in " + homes.sorted().joined(separator: ", ")
            return "'\(module)' may be imported \(home); ask the target that owns it for what you need"
        }
        if let allowed = Self.allowed[target] {
            guard !allowed.contains(module) else { return nil }
            let list = allowed.isEmpty ? "nothing" : allowed.sorted().joined(separator: ", ")
            return "\(target) may not import '\(module)', only \(list); arrows point down (DESIGN, the house)"
        }
        guard module.hasSuffix("Tests") else { return nil }
        return "a suite may not import another suite; put what both need into Tests/Support"
    }
}
