import EventLog

/// The event that every suite works on: 200 bytes of JSON, as an order would have it.
enum SampleEvents {
    /// Streams that events are spread over.
    static let streams = 10_000

    /// Nine members, 198 bytes.
    static func data(_ number: Int) -> [UInt8] {
        let text =
            #"{"order":"o-\#(1_000_000 + number % 1_000_000)","customer":"c-00421","amount":1999,"#
            + #""quantity":3,"currency":"EUR","sku":"ABC-123-XYZ","channel":"web","#
            + #""address":"12 Long Street, 10115 Berlin","note":"leave it at the back door"}"#
        return Array(text.utf8)
    }

    /// What the host knows about an event: 54 bytes.
    static let meta = Array(#"{"correlation":"0190a3f0-0000-7000-8000-000000000001"}"#.utf8)

    static func event(_ number: Int) throws -> NewEvent {
        NewEvent(
            stream: try StreamName("in-\(number % streams)"),
            type: "OrderPlaced",
            data: data(number)[...],
            meta: meta[...]
        )
    }

    /// What the handler reads of the data.
    static let handlerFields = ["order", "customer", "amount", "quantity"]

    /// The handler of the suites, as the body of a Lua function over `e` and `emit`: reads four fields, emits
    /// three.
    static let handler = """
        local d = e.data
        emit("out-" .. e.key, "OrderCounted",
          { order = d.order, customer = d.customer, total = d.amount * d.quantity })
        """

    /// The number of the event that an effect of this handler stands for, below a million; nil when it is
    /// none.
    static func order(in data: ArraySlice<UInt8>) -> Int? {
        guard let place = data.firstRange(of: orderName)?.upperBound else { return nil }
        let digits = data[place...].prefix { $0 != UInt8(ascii: "\"") }
        return Int(String(decoding: digits, as: UTF8.self)).map { $0 - 1_000_000 }
    }

    private static let orderName = Array(#""order":"o-"#.utf8)
}
