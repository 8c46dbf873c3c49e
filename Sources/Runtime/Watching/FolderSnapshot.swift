import Foundation

/// The files of an app's folder at one moment: enough of each to see that it was written since.
///
/// Taken by `FolderWatch` of the command line.
public struct FolderSnapshot: Equatable, Sendable {
    /// What tells two versions of a file apart without reading it.
    public struct Stamp: Equatable, Sendable {
        /// When it was written last, in nanoseconds since 1970, as fine as the file system keeps it.
        public let modified: Int64
        /// Bytes.
        public let size: Int64
        /// Which file it is: an editor that writes beside it and renames puts another one in its place.
        public let inode: UInt64
    }

    /// Each file by its path in the folder, `/` between parts.
    public private(set) var files: [String: Stamp] = [:]

    /// The files that an app is made of: its scripts, and the fixtures of its specs.
    public static let suffixes = [".lua", ".json"]

    /// Looks at the folder and those in it; a folder that can't be read has no files.
    ///
    /// What begins with a dot is left out: the locks and copies of editors, and the folders of version
    /// control.
    public init(of folder: String, suffixes: [String] = Self.suffixes) {
        add(below: folder, as: "", suffixes)
    }

    /// The files that differ from an earlier snapshot, or are in one of the two alone; sorted.
    public func changes(since earlier: FolderSnapshot) -> [String] {
        Set(files.keys).union(earlier.files.keys).filter { files[$0] != earlier.files[$0] }.sorted()
    }

    private mutating func add(below folder: String, as prefix: String, _ suffixes: [String]) {
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            let path = folder + "/" + name
            let kind = Int32(entry.pointee.d_type)
            if kind == Int32(DT_DIR) || kind == Int32(DT_UNKNOWN) && Self.isFolder(path) {
                add(below: path, as: prefix + name + "/", suffixes)
            } else if suffixes.contains(where: name.hasSuffix), let stamp = Self.stamp(of: path) {
                files[prefix + name] = stamp
            }
        }
    }

    /// For the file systems that tell the kind of a file only when asked for that file.
    ///
    /// A link to a folder is none here: it may lead round in a circle, and no app is read through one.
    private static func isFolder(_ path: String) -> Bool {
        attributes(of: path)?[.type] as? FileAttributeType == .typeDirectory
    }

    /// Nil for a file that went while it was looked at.
    private static func stamp(of path: String) -> Stamp? {
        guard var found = attributes(of: path) else { return nil }
        if found[.type] as? FileAttributeType == .typeSymbolicLink {
            let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            guard let behind = attributes(of: target) else { return nil }
            found = behind
        }
        guard let modified = found[.modificationDate] as? Date, let size = found[.size] as? NSNumber,
            let inode = found[.systemFileNumber] as? NSNumber
        else { return nil }
        return Stamp(
            modified: Int64((modified.timeIntervalSince1970 * 1_000_000_000).rounded()),
            size: size.int64Value,
            inode: inode.uint64Value
        )
    }

    private static func attributes(of path: String) -> [FileAttributeKey: Any]? {
        // `try?`: a file that can't be looked at is none of the app's; whoever reads it is told why.
        try? FileManager.default.attributesOfItem(atPath: path)
    }
}
