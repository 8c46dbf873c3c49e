/// An answer of our own server, as far as a client that wants to be cheap has to read it.
struct HTTPAnswer {
    private let head: UnsafeRawBufferPointer
    let body: UnsafeRawBufferPointer

    /// Bytes of head and body.
    let length: Int

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let lengthName = Array("content-length:".utf8)

    /// The answer at the beginning of the bytes; nil while it isn't whole.
    init?(in bytes: UnsafeRawBufferPointer) throws {
        guard let end = Self.place(of: Self.headEnd, in: bytes) else { return nil }
        let bodyStart = end + Self.headEnd.count
        head = UnsafeRawBufferPointer(rebasing: bytes[..<bodyStart])
        guard let bodyLength = Self.number(behind: Self.lengthName, in: head) else {
            throw BenchError("our server told no length: \(String(decoding: head, as: UTF8.self))")
        }
        length = bodyStart + bodyLength
        guard bytes.count >= length else { return nil }
        body = UnsafeRawBufferPointer(rebasing: bytes[bodyStart..<length])
    }

    /// Whether the answer has a status, such as 201.
    func has(status: Int) -> Bool {
        head.starts(with: "HTTP/1.1 \(status) ".utf8)
    }

    /// The digits behind a name in the body.
    func number(behind name: [UInt8]) -> Int? { Self.number(behind: name, in: body) }

    /// For people.
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The digits behind a name that is written in small letters, whatever letters are there.
    private static func number(behind name: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let place = place(of: name, in: bytes) else { return nil }
        var number: Int?
        for byte in bytes[(place + name.count)...] {
            if byte == UInt8(ascii: " "), number == nil { continue }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private static func place(of name: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= name.count else { return nil }
        var place = 0
        while place + name.count <= bytes.count {
            if name.indices.allSatisfy({ lower(bytes[place + $0]) == name[$0] }) { return place }
            place += 1
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
