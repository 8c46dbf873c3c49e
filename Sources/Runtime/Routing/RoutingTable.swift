import EventLog

/// Which handlers may want an event, by its category and type: built once for a script set.
///
/// A look-up costs the same for one handler as for thousands. Tags are looked at behind it (`Routing.wants`).
struct RoutingTable: Sendable {
    private struct Name: Hashable {
        let category: String
        let type: String
    }

    private var named: [Name: [Int]] = [:]
    private var ofCategory: [String: [Int]] = [:]
    private var ofType: [String: [Int]] = [:]
    private var ofAll: [Int] = []

    /// The handlers are known by their places in the list.
    init(_ handlers: [[EventPattern]]) {
        for (place, patterns) in handlers.enumerated() {
            for pattern in Set(patterns) {
                switch (pattern.category, pattern.type) {
                case (let category?, let type?):
                    named[Name(category: category, type: type), default: []].append(place)
                case (let category?, nil): ofCategory[category, default: []].append(place)
                case (nil, let type?): ofType[type, default: []].append(place)
                case (nil, nil): ofAll.append(place)
                }
            }
        }
    }

    /// Calls back with the place of each handler that has a pattern for such an event; more than once for one
    /// that has several.
    func forEachHandler(of category: String, _ type: String, _ body: (Int) -> Void) {
        named[Name(category: category, type: type)]?.forEach(body)
        ofCategory[category]?.forEach(body)
        // A pattern without a category doesn't mean the host's own events.
        guard category.utf8.first != UInt8(ascii: "$") else { return }
        ofType[type]?.forEach(body)
        ofAll.forEach(body)
    }
}
