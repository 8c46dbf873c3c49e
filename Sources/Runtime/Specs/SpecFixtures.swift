import Foundation

/// Where a spec finds the fixtures that it names: files of the app's folder that end in `.json`.
///
/// They belong to the specs: no script can read them, and they are no part of what decides. They are read
/// when a spec asks for one.
public struct SpecFixtures: Sendable {
    private let find: @Sendable (String) throws -> [UInt8]

    /// Bytes of a fixture: some 20,000 events, which a VM holds as tables of about ten times that.
    public static let bytesMax = 8 << 20

    static let suffix = ".json"

    /// Fixtures that are in memory already, by their paths.
    public init(_ files: [String: [UInt8]] = [:]) {
        find = { name in
            guard let text = files[name] else { throw FixtureError(name, "isn't there") }
            return text
        }
    }

    /// The fixtures of an app's folder.
    public init(folder: String) {
        find = { try Self.read($0, in: folder) }
    }

    /// The fixtures whose paths stand in specs, between quotes: what goes with the specs to another machine.
    ///
    /// One that can't be read is left out; the spec that asks for it will say so.
    public func named(in specs: [SpecFile]) -> [String: [UInt8]] {
        var texts: [String: [UInt8]] = [:]
        for spec in specs {
            let text = String(decoding: spec.text, as: UTF8.self)
            for match in text.matches(of: /["']([^"'\n]+\.json)["']/) {
                // See above.
                if let text = try? self.text(of: String(match.1)) { texts[String(match.1)] = text }
            }
        }
        return texts
    }

    /// The text of a fixture.
    ///
    /// - Throws: a sentence that says what is wrong with the name or the file.
    func text(of name: String) throws -> [UInt8] {
        guard name.hasSuffix(Self.suffix) else { throw FixtureError(name, "doesn't end in \(Self.suffix)") }
        let text = try find(name)
        guard text.count <= Self.bytesMax else {
            throw FixtureError(name, "is larger than \(Self.bytesMax) bytes; capture fewer events")
        }
        return text
    }

    /// Reads a file that is really in the folder, whatever links and dots there are in its name.
    private static func read(_ name: String, in folder: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: folder, isDirectory: true).resolvingSymlinksInPath()
        let file = root.appendingPathComponent(name).resolvingSymlinksInPath()
        guard file.path.hasPrefix(root.path + "/"), !name.hasPrefix("/") else {
            throw FixtureError(name, "isn't in the app's folder")
        }
        guard let handle = FileHandle(forReadingAtPath: file.path) else {
            throw FixtureError(name, "can't be read; a fixture is named by its path in the app's folder")
        }
        do {
            // A byte more than is allowed tells that there are too many.
            let text = try handle.read(upToCount: bytesMax + 1) ?? Data()
            try handle.close()
            return [UInt8](text)
        } catch {
            throw FixtureError(name, "can't be read: \(error.localizedDescription)")
        }
    }
}

/// A fixture that a spec can't have; the text goes to the line that asks for it.
struct FixtureError: Error, CustomStringConvertible {
    let description: String

    init(_ name: String, _ reason: String) {
        description = "the fixture \(name) \(reason)"
    }
}
