import Foundation

/// All scripts of an app under one hash: `app.lua` and the modules that it can `require`.
public struct ScriptSet: Sendable {
    /// Name of the app's folder.
    public let name: String

    /// Names the set in every event that it decides.
    ///
    /// 16 hexadecimal digits over file names and what the files compile to (`ScriptHash`).
    public let hash: String

    /// Text of each file by its path in the folder, `/` between parts.
    public let files: [String: [UInt8]]

    /// Whether any file has the word `_ENV`: then which globals a function uses can't be told from its code.
    let namesEnvironment: Bool

    /// The files that end in `_spec.lua`: they test the app, and are no part of what decides.
    public let specs: [SpecFile]

    /// The files that end in `.json`, which specs can name; no part of what decides either.
    public let fixtures: SpecFixtures

    /// The file that an app begins with.
    static let entry = "app.lua"

    private static let specSuffix = "_spec.lua"

    /// A set of files that are in memory already: scripts, specs and their fixtures.
    ///
    /// - Throws: `RuntimeError.invalidApp` when there is no `app.lua`, or a text isn't UTF-8.
    public init(name: String, files: [String: [UInt8]]) throws(RuntimeError) {
        let fixtures = files.filter { $0.key.hasSuffix(SpecFixtures.suffix) }
        let scripts = files.filter { !$0.key.hasSuffix(SpecFixtures.suffix) }
        try self.init(name: name, files: scripts, fixtures: SpecFixtures(fixtures))
    }

    private init(
        name: String,
        files: [String: [UInt8]],
        fixtures: SpecFixtures
    ) throws(RuntimeError) {
        guard files[Self.entry] != nil else {
            throw .invalidApp("the app \(name) has no \(Self.entry)")
        }
        for (file, text) in files.sorted(by: { $0.key < $1.key }) {
            // The log keeps it as JSON.
            guard String(validating: text, as: UTF8.self) != nil else {
                throw .invalidApp("the script \(file) isn't UTF-8")
            }
        }
        let specs = files.filter { $0.key.hasSuffix(Self.specSuffix) }
        let files = files.filter { !$0.key.hasSuffix(Self.specSuffix) }
        self.name = name
        hash = try ScriptHash.of(files)
        self.files = files
        namesEnvironment = files.values.contains { $0.contains(Array("_ENV".utf8)) }
        self.specs = specs.sorted { $0.key < $1.key }.map { SpecFile(name: $0.key, text: $0.value) }
        self.fixtures = fixtures
    }

    /// Reads every `.lua` file of a folder and of the folders in it.
    ///
    /// Fixtures are read when a spec asks for one. What begins with a dot is left out: an editor's lock
    /// (`.#app.lua`) is a link to nowhere, and is there while the writer types.
    ///
    /// - Throws: `RuntimeError.invalidApp` when the folder can't be read, is too large, or has no `app.lua`.
    public init(folder: String) throws(RuntimeError) {
        let named = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
        // A release is often deployed as a link that is turned; the app is called as the link is.
        let root = named.resolvingSymlinksInPath()
        let manager = FileManager.default
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: root.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw .invalidApp("the app's folder \(folder) can't be read")
        }
        guard let paths = manager.enumerator(atPath: root.path) else {
            throw .invalidApp("the app's folder \(folder) can't be read")
        }
        var files: [String: [UInt8]] = [:]
        var bytes = 0
        for case let path as String in paths where path.hasSuffix(".lua") && !Self.isHidden(path) {
            guard let text = manager.contents(atPath: root.appendingPathComponent(path).path) else {
                throw .invalidApp("the script \(path) can't be read")
            }
            bytes += text.count
            guard bytes <= RuntimeLimits.appBytesMax else {
                throw .invalidApp("the app's scripts are larger than \(RuntimeLimits.appBytesMax) bytes")
            }
            files[path] = [UInt8](text)
        }
        try self.init(
            name: named.lastPathComponent,
            files: files,
            fixtures: SpecFixtures(folder: root.path)
        )
    }

    private static func isHidden(_ path: String) -> Bool {
        path.split(separator: "/").contains { $0.hasPrefix(".") }
    }

    /// The app's own modules by the name that `require` uses: `stock/rules.lua` is `stock.rules`.
    var modules: [(name: String, file: String, text: [UInt8])] {
        files.filter { $0.key != Self.entry }.sorted { $0.key < $1.key }.map { file, text in
            (String(file.dropLast(".lua".count)).replacingOccurrences(of: "/", with: "."), file, text)
        }
    }
}
