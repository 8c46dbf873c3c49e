import Runtime

/// What became of an app's specs in one run of them.
struct SpecReport {
    /// One spec, and the microseconds that it took.
    struct Line {
        let result: SpecResult
        let microseconds: Int64
    }

    /// The app's folder.
    let app: String

    /// Those that ran, in their order.
    private(set) var lines: [Line] = []

    /// How many the app has.
    let declared: Int

    /// Microseconds from loading the app to the end.
    var microseconds: Int64 = 0

    init(app: String, declared: Int) {
        self.app = app
        self.declared = declared
    }

    mutating func add(_ result: SpecResult, microseconds: Int64) {
        lines.append(Line(result: result, microseconds: microseconds))
    }

    var failed: Int { lines.count { !$0.result.passed } }

    /// A number of seconds with milliseconds, as people and JUnit read it: `0.042`.
    static func seconds(_ microseconds: Int64) -> String {
        let milliseconds = (microseconds + 500) / 1_000
        let rest = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
