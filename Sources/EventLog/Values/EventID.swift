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
            guard let digit = Self.digit(byte), count < 32 else { return nil }
            if count < 16 {
                digits.high = digits.high << 4 | digit
            } else {
                digits.low = digits.low << 4 | digit
            }
            count += 1
        }
        guard count == 32, text.utf8.count == 36 else { return nil }
        self.init(high: digits.high, low: digits.low)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
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
        func put(_ digits: UInt64, at place: Int) {
            UnsafeMutableRawPointer(text + place).storeBytes(of: digits.littleEndian, as: UInt64.self)
        }
        func put(halves digits: UInt64, at place: Int) {
            let halves = (UInt32(truncatingIfNeeded: digits), UInt32(truncatingIfNeeded: digits >> 32))
            UnsafeMutableRawPointer(text + place).storeBytes(of: halves.0.littleEndian, as: UInt32.self)
            UnsafeMutableRawPointer(text + place + 5).storeBytes(of: halves.1.littleEndian, as: UInt32.self)
        }
        put(Self.digits(of: high >> 32), at: 0)
        put(halves: Self.digits(of: high & 0xFFFF_FFFF), at: 9)
        put(halves: Self.digits(of: low >> 32), at: 19)
        put(Self.digits(of: low & 0xFFFF_FFFF), at: 28)
        (text[8], text[13], text[18], text[23]) = (Self.dash, Self.dash, Self.dash, Self.dash)
    }

    /// Eight hexadecimal digits of 32 bits, the first in the lowest byte: all at once, a byte each.
    private static func digits(of word: UInt64) -> UInt64 {
        // Halves change places, then bytes, then nibbles, each into twice the room.
        var nibbles = (word & 0xFFFF) << 32 | word >> 16
        nibbles = (nibbles & 0x0000_00FF_0000_00FF) << 16 | (nibbles >> 8) & 0x0000_00FF_0000_00FF
        nibbles = (nibbles & 0x000F_000F_000F_000F) << 8 | (nibbles >> 4) & 0x000F_000F_000F_000F
        // A nibble of ten or more carries into the fifth bit when six is added.
        let letters = (nibbles + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        let letterGap = UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
        return nibbles + 0x3030_3030_3030_3030 + letters * letterGap
    }

    private static let dash = UInt8(ascii: "-")

    private func stamped(version: UInt64) -> EventID {
        EventID(
            high: (high & 0xFFFF_FFFF_FFFF_0FFF) | version << 12,
            low: (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        )
    }
}
