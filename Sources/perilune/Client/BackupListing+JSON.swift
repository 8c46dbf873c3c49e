import EventLog
import Runtime

extension BackupListing {
    /// What `GET /backup` answers; whether it makes sense is for whoever copies by it to check.
    init(_ answer: Answer) throws(ClientError) {
        let value = try answer.value()
        var segments: [BackupSegment] = []
        for element in value["segments"]?.array ?? [] {
            guard let segment = BackupSegment(element) else { throw Self.unreadable(answer) }
            segments.append(segment)
        }
        guard let log = value["log"]?.string.flatMap({ EventID($0) }),
            let position = value["position"]?.integer.flatMap({ Position(exactly: $0) }),
            let chain = value["chain"]?.integer.flatMap({ UInt32(exactly: $0) })
        else { throw Self.unreadable(answer) }
        self.init(log: log, lastPosition: position, chain: chain, segments: segments)
    }

    private static func unreadable(_ answer: Answer) -> ClientError {
        .notPerilune(url: answer.url, reason: "its list of segments can't be read")
    }
}

extension BackupSegment {
    fileprivate init?(_ value: JSONValue) {
        guard let name = value["name"]?.string,
            let number = value["number"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let first = value["first_position"]?.integer.flatMap({ Position(exactly: $0) }),
            let bytes = value["bytes"]?.integer, bytes >= 0, let isEnded = value["ended"]?.bool,
            let chain = value["chain"]?.integer.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        self.init(
            name: name,
            number: number,
            firstPosition: first,
            bytes: Int(bytes),
            isEnded: isEnded,
            chain: chain
        )
    }
}
