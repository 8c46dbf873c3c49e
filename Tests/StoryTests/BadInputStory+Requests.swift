/// What is sent, and what is answered.
extension Stories.BadInputStory {
    private static let event = #"{"type":"Noted","data":{}}"#
    private static let place = "/commands/order/1/place"

    static let bodies = [
        Case("broken JSON", .post("/streams/note-1", #"{"type":"Noted","#), 400, "invalid-json"),
        Case("no body", .post("/streams/note-1"), 400, "invalid-json"),
        Case("text behind the JSON", .post("/streams/note-1", event + "x"), 400, "invalid-json"),
        Case(
            "bad UTF-8",
            bytes("/streams/note-1", Array(#"{"type":""#.utf8) + [0xFF] + Array(#""}"#.utf8)),
            400,
            "invalid-json"
        ),
        Case("a lone surrogate", .post("/streams/note-1", #"{"type":"\ud800"}"#), 400, "invalid-json"),
        Case(
            "a deep nest",
            .post("/streams/note-1", String(repeating: "[", count: 100_000)),
            400,
            "invalid-json"
        ),
        Case("a number for an event", .post("/streams/note-1", "7"), 400, "invalid-input"),
        Case("a list of numbers", .post("/streams/note-1", "[7]"), 400, "invalid-input"),
        Case("an empty list", .post("/streams/note-1", "[]"), 400, "invalid-input"),
        Case("an event without a type", .post("/streams/note-1", #"{"data":{}}"#), 400, "invalid-input"),
        Case("a number for a type", .post("/streams/note-1", #"{"type":7}"#), 400, "invalid-input"),
        Case("an empty type", .post("/streams/note-1", #"{"type":""}"#), 400, "invalid-name"),
        Case("a NUL in a type", .post("/streams/note-1", #"{"type":"a\u0000b"}"#), 400, "invalid-name"),
        Case(
            "a text for tags",
            .post("/streams/note-1", #"{"type":"Noted","tags":"a"}"#),
            400,
            "invalid-input"
        ),
        Case(
            "a text for meta",
            .post("/streams/note-1", #"{"type":"Noted","meta":"a"}"#),
            400,
            "invalid-input"
        ),
        Case(
            "an id that is none",
            .post("/streams/note-1", #"{"type":"Noted","id":"7"}"#),
            400,
            "invalid-input"
        ),
        Case(
            "a member nobody knows",
            .post("/streams/note-1", #"{"type":"Noted","dat":{}}"#),
            400,
            "invalid-input"
        ),
        Case("broken JSON for a command", .post(place, "{"), 400, "invalid-json"),
        Case("a list for arguments", .post(place, "[]"), 400, "invalid-input"),
        Case("a text for arguments", .post(place, #""a""#), 400, "invalid-input"),
        Case("a body of 5 MB", .post("/streams/note-1", large(5 << 20)), 413, "body-too-large"),
        Case("arguments of 5 MB", .post(place, large(5 << 20)), 413, "body-too-large"),
        Case(
            "a body of 5 MB in chunks",
            chunked("/streams/note-1", large(5 << 20)),
            413,
            "body-too-large"
        ),
        Case("an event of 1.5 MB", .post("/streams/note-1", large(3 << 19)), 413, "limit-exceeded"),
        Case("a commit of nothing", .post("/commits", "{}"), 400, "invalid-input"),
        Case("a list for a commit", .post("/commits", "[]"), 400, "invalid-input"),
        Case(
            "a commit without a stream",
            .post("/commits", #"{"events":[\#(event)]}"#),
            400,
            "invalid-input"
        ),
        Case(
            "a commit with a bad condition",
            .post(
                "/commits",
                #"{"events":[{"stream":"note-1","type":"Noted"}],"conditions":[{"stream":"note-1"}]}"#
            ),
            400,
            "invalid-input"
        ),
        Case(
            "a commit with one bad event of two",
            .post(
                "/commits",
                #"{"events":[{"stream":"note-1","type":"Noted"},{"stream":"$a","type":"Noted"}]}"#
            ),
            403,
            "host-stream"
        ),
    ]

    static let names = [
        Case("a slash in a stream", .post("/streams/note-a%2Fb", event), 400, "invalid-name"),
        Case("a backslash in a stream", .post("/streams/note-a%5Cb", event), 400, "invalid-name"),
        Case("dots in a stream", .post("/streams/note-..", event), 400, "invalid-name"),
        Case("dots for a stream", .post("/streams/..", event), 400, "invalid-name"),
        Case("encoded dots for a stream", .post("/streams/%2E%2E", event), 400, "invalid-name"),
        Case(
            "a path for a stream",
            .post("/streams/note-1%2F..%2F..%2Fetc%2Fpasswd", event),
            400,
            "invalid-name"
        ),
        Case("a NUL in a stream", .post("/streams/note-a%00b", event), 400, "invalid-name"),
        Case("a line break in a stream", .post("/streams/note-a%0Ab", event), 400, "invalid-name"),
        Case("bad UTF-8 in a stream", .post("/streams/note-%FF", event), 400, "invalid-name"),
        Case("half a percent in a stream", .post("/streams/note-%2", event), 400, "invalid-name"),
        Case("an empty stream", .post("/streams/", event), 400, "invalid-name"),
        Case("an empty category", .post("/streams/-1", event), 400, "invalid-name"),
        Case("a stream of 256 bytes", .post("/streams/\(long)", event), 400, "invalid-name"),
        Case("a stream of the host", .post("/streams/$command-1", event), 403, "host-stream"),
        Case("an encoded stream of the host", .post("/streams/%24command-1", event), 403, "host-stream"),
        Case("an empty key", .post("/commands/order//place", "{}"), 400, "invalid-name"),
        Case("a slash in a key", .post("/commands/order/a%2Fb/place", "{}"), 400, "invalid-name"),
        Case("dots for a key", .post("/commands/order/../place", "{}"), 400, "invalid-name"),
        Case("a NUL in a key", .post("/commands/order/%00/place", "{}"), 400, "invalid-name"),
        Case("a key of 256 bytes", .post("/commands/order/\(long)/place", "{}"), 400, "invalid-name"),
        Case("an unknown aggregate", .post("/commands/ordr/1/place", "{}"), 404, "unknown-aggregate"),
        Case("an unknown command", .post("/commands/order/1/plaec", "{}"), 404, "unknown-command"),
        Case("the state of an unknown aggregate", .get("/state/ordr/1"), 404, "unknown-aggregate"),
        Case("an unknown query", .get("/queries/order-sumary"), 404, "unknown-query"),
        Case("an unknown processor", .post("/processors/reserve/pause"), 404, "unknown-processor"),
    ]

    static let routes = [
        Case("an unknown route", .get("/orders"), 404, "not-found"),
        Case("a route with too much", .get("/healthz/now"), 404, "not-found"),
        Case("a file", .get("/%2e%2e/%2e%2e/etc/passwd"), 404, "not-found"),
        Case("the wrong method on events", .post("/events"), 405, "method-not-allowed"),
        Case("the wrong method on a command", .get(place), 405, "method-not-allowed"),
        Case(
            "a method that deletes",
            HTTPRequest(method: "DELETE", target: "/streams/note-1"),
            405,
            "method-not-allowed"
        ),
    ]

    static let parameters = [
        Case(
            "an expected that is no word",
            .post("/streams/note-1?expected=some", event),
            400,
            "invalid-input"
        ),
        Case("a negative expected", .post("/streams/note-1?expected=-1", event), 400, "invalid-input"),
        Case(
            "a stale expected",
            .post("/streams/note-1?expected=7", event),
            409,
            "wrong-expected-revision"
        ),
        Case(
            "an expected twice",
            .post("/streams/note-1?expected=any&expected=0", event),
            400,
            "invalid-input"
        ),
        Case("a parameter nobody knows", .post("/streams/note-1?expect=0", event), 400, "invalid-input"),
        Case("a limit of 0", .get("/events?limit=0"), 400, "invalid-input"),
        Case("a negative limit", .get("/events?limit=-1"), 400, "invalid-input"),
        Case("a limit of 10 million", .get("/events?limit=10000000"), 400, "invalid-input"),
        Case("a limit that is no number", .get("/events?limit=ten"), 400, "invalid-input"),
        Case("a limit beyond 64 bits", .get("/events?limit=99999999999999999999"), 400, "invalid-input"),
        Case("a from that is no number", .get("/events?from=x"), 400, "invalid-input"),
        Case("a since that is no time", .get("/events?since=yesterday"), 400, "invalid-input"),
        Case("a direction that is none", .get("/events?direction=up"), 400, "invalid-input"),
        Case("an at that is no position", .get("/state/order/1?at=now"), 400, "invalid-input"),
        Case(
            "an after that is no position",
            .get("/queries/orders-by-status?after=x"),
            400,
            "invalid-input"
        ),
        Case("a query without its parameter", .get("/queries/order-summary"), 400, "invalid-input"),
        Case("a query with one too many", .get("/queries/orders-by-status?a=1"), 400, "invalid-input"),
        Case("a parked position that is none", .post("/parked/first/skip"), 400, "invalid-input"),
        Case("nothing parked there", .post("/parked/1/skip"), 404, "unknown-parked"),
    ]

    static let headers = [
        Case("an empty idempotency key", .post(place, "{}", key: ""), 400, "invalid-input"),
        Case("an idempotency key of 300 bytes", .post(place, "{}", key: long), 400, "invalid-input"),
        Case(
            "an idempotency key that isn't ASCII",
            .post(place, "{}", key: "schlüssel"),
            400,
            "invalid-input"
        ),
    ]

    /// A name that is longer than any may be.
    private static let long = String(repeating: "a", count: 300)

    /// An event of so many bytes.
    private static func large(_ count: Int) -> String {
        #"{"type":"Noted","data":{"text":""# + String(repeating: "x", count: count) + #""}}"#
    }

    private static func bytes(_ target: String, _ body: [UInt8]) -> HTTPRequest {
        HTTPRequest(method: "POST", target: target, body: body)
    }

    /// The same request without a length that says at once how large it is.
    private static func chunked(_ target: String, _ body: String) -> HTTPRequest {
        var request = HTTPRequest.post(target, body)
        request.isChunked = true
        return request
    }
}
