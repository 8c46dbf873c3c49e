import Stdlib

/// What the states of aggregates are folded with: a snapshot that was made with another isn't used.
///
/// A release with another library folds anew, though no script of the app has changed.
struct FoldCodes: Sendable {
    private let scripts: String
    private let byAggregate: [String: String]

    /// The codes of an app.
    ///
    /// - Parameters:
    ///   - fingerprints: of the aggregates whose folding can be told; others go by the scripts' hash.
    ///   - scripts: the app.
    init(_ fingerprints: [String: String], of scripts: ScriptSet) {
        byAggregate = fingerprints
        self.scripts = scripts.hash
    }

    /// What the states of an aggregate are folded with.
    func code(of aggregate: String) -> String { "\(byAggregate[aggregate] ?? scripts)-\(Self.library)" }

    private static let library: String = {
        var hash = StableHash()
        let modules = StandardLibrary.modules.map(\.source)
        for source in StandardLibrary.prelude + modules { hash.add(source.text) }
        return String(hash.value, radix: 16)
    }()
}
