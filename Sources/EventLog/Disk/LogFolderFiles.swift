/// The files of a log's folder by what they are.
struct LogFolderFiles {
    /// The name of the folder of the segments in a data folder.
    static let segmentFolder = "log"

    /// Names of segments, in order.
    let segments: [String]
    /// Names of index files.
    let indexes: [String]
    /// Names of files that a crash kept from being made.
    let unfinished: [String]
    /// The list of ended segments, if there is one.
    private(set) var manifest: Manifest?
    /// Why the list that is there can't be read.
    private(set) var manifestFault: String?

    init(_ folder: String, _ files: any FileSystem) throws(EventLogError) {
        let names = try files.names(in: folder)
        segments = names.filter { Segment.firstPosition(inFileName: $0) != nil }
        indexes = names.filter { $0.hasSuffix(IndexFolder.suffix) }
        unfinished = names.filter { $0.hasSuffix(files.unfinishedSuffix) }
        do throws(EventLogError) {
            manifest = try Manifest.read(FilePath.parent(of: folder), files)
        } catch .damaged(_, _, let reason) {
            manifestFault = reason
        }
    }

    /// The index files that begin with a segment, those that cover the most first.
    func indexes(of segment: String) -> [String] {
        let first = segment.dropLast(4)
        // A file of several segments has the longer name, and the largest of them the last.
        return indexes.filter { $0.hasPrefix(first) }.sorted {
            ($0.utf8.count, $0) > ($1.utf8.count, $1)
        }
    }
}
