/// The newest pages that a prompt has read.
struct PageCache {
    /// Pages of 8 MiB at most, and mostly of far less, for somebody who goes back and forth.
    private static let pagesMax = 16

    private var pages: [String: RemoteLog.Page] = [:]
    private var order: [String] = []

    subscript(path: String) -> RemoteLog.Page? {
        get { pages[path] }
        set {
            guard let newValue else { return }
            if pages.updateValue(newValue, forKey: path) == nil { order.append(path) }
            if order.count > Self.pagesMax { pages[order.removeFirst()] = nil }
        }
    }
}
