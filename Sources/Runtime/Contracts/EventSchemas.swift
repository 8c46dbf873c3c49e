import EventLog
import Lua

/// What the app declares of its events, by type: the current version of their data, and whether it has a
/// contract.
///
/// Answers for each event that is read whether it is old, and so has to be upcast (`contracts.lua` does it):
/// this lies on the path of every event, and costs nothing where no upcaster is declared. Old is what carries
/// another version in its meta than the current one; what carries none is version 1.
struct EventSchemas: Sendable {
    /// One declaration.
    struct Schema: Sendable {
        /// UTF-8 of the category that it is declared for; nil for any but the host's own.
        fileprivate let category: [UInt8]?
        /// The current version of the data, from 1.
        let version: Int
        /// Whether fields are declared.
        let isChecked: Bool
    }

    /// The member of an event's meta that holds the version of its data.
    static let metaName = "schema"

    private var schemas: [String: [Schema]] = [:]
    /// Whether any event can be old.
    private(set) var hasUpcasters = false

    /// Declares nothing.
    init() {}

    /// Reads what the prelude's `definitions()` lists.
    init(_ contracts: [JSONValue]) {
        for body in contracts {
            let schema = Schema(
                category: body["category"]?.string.map { Array($0.utf8) },
                version: Int(body["version"]?.integer ?? 1),
                isChecked: body["checked"]?.bool == true
            )
            schemas[body["type"]?.string ?? "", default: []].append(schema)
            if schema.version > 1 { hasUpcasters = true }
        }
    }

    /// What is declared of a type in a stream; nil when nothing is.
    func schema(of type: String, in stream: StreamName) -> Schema? {
        guard let declared = schemas[type], !stream.isHostOwned else { return nil }
        let category = stream.category.utf8
        return declared.first { $0.category?.elementsEqual(category) ?? true }
    }

    /// The version that an event was recorded with, when it isn't the current one.
    func oldVersion(of event: RecordedEvent) -> Int? {
        guard hasUpcasters, let declared = schemas[event.type] else { return nil }
        let schema = event.withStreamBytes { name in
            let category = name.prefix { $0 != StreamName.separator }
            return name.first == UInt8(ascii: "$")
                ? nil : declared.first { $0.category?.elementsEqual(category) ?? true }
        }
        guard let schema, schema.version > 1 else { return nil }
        let version = event.withMeta(Self.version)
        return version == schema.version ? nil : version
    }

    /// The version in an event's meta; 1 where there is none, or none that makes sense.
    static func version(in meta: UnsafeRawBufferPointer) -> Int {
        if let version = lastMember(of: meta) { return version }
        // Meta that can't be read names no version; whoever reads it for its own sake is told.
        guard mayNameVersion(meta), let value = try? JSONValue(parsing: meta) else { return 1 }
        return Int(max(1, value[metaName]?.integer ?? 1))
    }

    /// Whether a meta may have a member for the version, somewhere.
    static func mayNameVersion(_ meta: UnsafeRawBufferPointer) -> Bool {
        guard meta.count >= name.count else { return false }
        return (0...meta.count - name.count).contains { start in
            meta[start] == name[0] && meta[start..<start + name.count].elementsEqual(name)
        }
    }

    private static let name = Array("\"\(metaName)\"".utf8)

    /// The value of a last member `"schema":2` of the outermost object, without parsing the rest: that is
    /// where the host writes it.
    ///
    /// Digits before the last brace end the outermost object. Behind a comma or a brace the quotes are no
    /// part of a string: there they would stand behind a backslash.
    private static func lastMember(of meta: UnsafeRawBufferPointer) -> Int? {
        guard meta.last == UInt8(ascii: "}") else { return nil }
        var place = meta.count - 1
        var version = 0
        var scale = 1
        while place > 0, case UInt8(ascii: "0")...UInt8(ascii: "9") = meta[place - 1], scale < 1_000_000_000 {
            place -= 1
            version += scale * Int(meta[place] - UInt8(ascii: "0"))
            scale *= 10
        }
        guard scale > 1, version > 0, place > name.count + 1, meta[place - 1] == UInt8(ascii: ":") else {
            return nil
        }
        let start = place - 1 - name.count
        guard meta[start..<place - 1].elementsEqual(name) else { return nil }
        let before = meta[start - 1]
        return before == UInt8(ascii: ",") || before == UInt8(ascii: "{") ? version : nil
    }
}

extension ScriptSession {
    /// Appends what the prelude's `handle` and `project` want to know of an event that is old: its version,
    /// and the shape of the fields that the processor declares.
    func write(oldVersion version: Int, for processor: String, to arguments: inout PackedWriter) {
        arguments.integer(Int64(version))
        if let shape = fields[processor] { arguments.number(of: shape) }
    }
}
