/// 128 bits that name one event for ever, written as a UUID (RFC 9562 text form).
public struct EventID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, most significant first.
    public let high: UInt64

    /// The last eight bytes, most significant first.
    public let low: UInt64

    /// An id from its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A random id: version 4, variant 1 of RFC 9562.
    public static func random() -> EventID {
        EventID(high: .random(in: 0...UInt64.max), low: .random(in: 0...UInt64.max)).stamped(version: 4)
    }

    /// The id of an event that was appended without one: the same log and position give the same id.
    ///
    /// Version 8 of RFC 9562 (vendor specific); the low half is the position mixed with the log's id.
    public static func derived(from log: EventID, position: Position) -> EventID {
        EventID(high: log.high, low: (log.low & 0xFFFF_0000_0000_0000) ^ position).stamped(version: 8)
    }

    /// Reads the text form, 8-4-4-4-12 hexadecimal digits in either case; nil for anything else.
    public init?(_ text: String) {
        var digits: (high: UInt64, low: UInt64) = (0, 0)
        var count = 0
        for (index, byte) in text.utf8.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, count < 32 else { return nil }
            if count < 16 {
                digits.high = digits.high << 4 | UInt64(digit)
            } else {
                digits.low = digits.low << 4 | UInt64(digit)
            }
            count += 1
        }
        guard count == 32, text.utf8.count == 36 else { return nil }
        self.init(high: digits.high, low: digits.low)
    }

    /// The UUID's text form, in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textBytes) { text in
            guard let start = text.baseAddress else { preconditionFailure("a text has room") }
            writeText(to: start)
            return Self.textBytes
        }
    }

    /// Bytes of the text form: 32 digits and 4 dashes.
    public static let textBytes = 36

    /// Writes the text form, `textBytes` long: each step of a processor needs one, and no string of it.
    public func writeText(to text: UnsafeMutablePointer<UInt8>) {
        var place = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                text[place] = UInt8(ascii: "-")
                place += 1
            }
            let half = nibble < 16 ? high : low
            let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (nibble & 15))) & 15
            text[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
            place += 1
        }
    }

    private func stamped(version: UInt64) -> EventID {
        EventID(
            high: (high & 0xFFFF_FFFF_FFFF_0FFF) | version << 12,
            low: (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        )
    }
}
