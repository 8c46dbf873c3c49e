import Lua

/// Random values on their way into a VM, and random JSON: whole, and spoilt by a random change.
extension SplitMix {
    /// Fills a buffer with up to four values, objects of the given shapes among them.
    mutating func values(into writer: inout PackedWriter, shapes: [LuaShape]) {
        for _ in 0..<below(5) {
            if once(in: 4) {
                shaped(into: &writer, pick(shapes))
            } else {
                value(into: &writer, depth: 3)
            }
        }
    }

    /// Shapes have one member that is ready, and two that may stay packed.
    private mutating func shaped(into writer: inout PackedWriter, _ shape: LuaShape) {
        if once(in: 3) {
            let text = once(in: 6) ? spoiltJSON() : Array(json(depth: 3).utf8)
            text.withUnsafeBytes { writer.json($0, only: shape) }
        } else {
            let hasRest = !once(in: 4)
            var random = self
            writer.shaped(shape, ready: { random.value(into: &$0, depth: 2) }) {
                guard hasRest else { return }
                random.value(into: &$0, depth: 3)
                random.value(into: &$0, depth: 1)
            }
            self = random
        }
    }

    private mutating func value(into writer: inout PackedWriter, depth: Int) {
        switch below(depth > 0 ? 13 : 7) {
        case 0: writer.null()
        case 1: writer.bool(once(in: 2))
        case 2: writer.integer(pick(Self.integers))
        case 3: writer.float(pick(Self.floats))
        case 4: writer.string(pick(Self.texts))
        case 5: writer.string(bytes: (0..<below(40)).map { _ in UInt8(truncatingIfNeeded: next()) })
        case 6: writer.uuid(next(), next())
        case 7, 8, 9: writer.json(once(in: 6) ? spoiltJSON() : Array(json(depth: depth).utf8))
        case 10:
            let count = pick([0, 1, 2, 5, 33, 70])
            writer.beginList(count)
            for _ in 0..<count { value(into: &writer, depth: depth - 2) }
        default:
            let count = pick([0, 1, 3, 8, 33, 70])
            writer.beginObject(count)
            for place in 0..<count {
                writer.key("\(pick(Self.names))\(place % 37)")
                value(into: &writer, depth: depth - 2)
            }
        }
    }

    /// A text that is JSON.
    mutating func json(depth: Int) -> String {
        switch below(depth > 0 ? 9 : 6) {
        case 0: return pick(["null", "true", "false"])
        case 1: return String(pick(Self.integers))
        case 2:
            return pick(["0.5", "-0.0", "1e3", "1E-7", "123456789.125", "5e-324", "1.7976931348623157e308"])
        case 3:
            return
                "\"\(pick(["", "a", "é", "\\u0000", "\\ud83d\\ude00", "\\n\\\"", "plain text of a line"]))\""
        case 4, 5: return String(below(2000) - 1000)
        case 6, 7:
            let members = (0..<pick([0, 1, 2, 8, 33, 40])).map { place in
                "\"\(pick(Self.names))\(place)\":\(json(depth: depth - 1 - place / 4))"
            }
            return "{" + members.joined(separator: ",") + "}"
        default:
            let elements = (0..<pick([0, 1, 3, 32, 33])).map { json(depth: depth - 1 - $0 / 4) }
            return "[" + elements.joined(separator: " , ") + "]"
        }
    }

    /// JSON with a byte changed, removed, doubled, or cut off: mostly no JSON any more.
    mutating func spoiltJSON() -> [UInt8] {
        if once(in: 20) { return Array(String(repeating: "[", count: below(200)).utf8) }
        var bytes = Array(json(depth: 3).utf8)
        let place = below(bytes.count)
        switch below(4) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: next())
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(bytes[place], at: place)
        default: bytes.removeSubrange(place...)
        }
        return bytes
    }

    private static let integers: [Int64] = [0, 1, -1, 2, 3, 7, 64, 255, 1_000, 1 << 53, .max, .min]
    private static let floats: [Double] = [
        0, -0.0, 0.5, 1.5, -2.25, 1e15, 1e300, .infinity, .nan, .leastNonzeroMagnitude,
    ]
    private static let names = [
        "id", "total", "line", "", "a key with spaces", "é", "customer-reference-of-forty-bytes-and-more-",
    ]
    private static let texts = [
        "", "x", "order-42", "é€😀", "%s%d", "nul\0inside", String(repeating: "long ", count: 300),
    ]
}
