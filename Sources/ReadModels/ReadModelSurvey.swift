import Foundation

/// What lies in a folder of read models, by the names of the files alone: none is opened, so that it can be
/// looked at beside a running host.
public struct ReadModelSurvey: Sendable {
    /// The files of one read model.
    public struct Found: Sendable, Equatable {
        /// Name of the projection.
        public let name: String

        /// Its generations, the oldest first: of two the newer one is being built.
        public let generations: [Int]

        /// Bytes of all its files.
        public let bytes: UInt64
    }

    /// In the order of their names; none when there is no such folder.
    public let models: [Found]

    /// Looks at the folder.
    public init(folder: String) {
        let manager = FileManager.default
        // `try?`: a host that never had a projection has no such folder.
        let files = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
        var found: [String: (generations: Set<Int>, bytes: UInt64)] = [:]
        for file in files {
            guard let (name, number) = GenerationFile.parse(file) else { continue }
            // `try?`: the file of a generation that was replaced may be gone by now.
            let attributes = try? manager.attributesOfItem(atPath: "\(folder)/\(file)")
            found[name, default: ([], 0)].generations.insert(number)
            found[name, default: ([], 0)].bytes += (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
        }
        models = found.sorted { $0.key < $1.key }.map { name, files in
            Found(name: name, generations: files.generations.sorted(), bytes: files.bytes)
        }
    }
}
