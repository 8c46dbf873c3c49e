import Runtime

/// An app whose scripts stand in the test that uses it.
public struct AppFixture: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// The text of each file by its path in the app's folder; `app.lua` is where it begins.
    public let files: [String: String]

    /// An app of one file.
    public init(_ text: String) {
        files = ["app.lua": text]
    }

    /// An app of several files.
    public init(files: [String: String]) {
        self.files = files
    }

    /// `let app: AppFixture = "…"` is an app of one file.
    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// The app as a host takes it.
    public func scripts() throws(RuntimeError) -> ScriptSet {
        try ScriptSet(name: "test", files: files.mapValues { Array($0.utf8) })
    }
}
