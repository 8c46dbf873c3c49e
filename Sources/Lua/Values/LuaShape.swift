/// The members of a kind of object, declared once for a VM (`LuaVM.declareShape`).
public struct LuaShape: Hashable, Sendable {
    @usableFromInline
    let number: Int32

    /// Which VM: a number means nothing in another one.
    let owner: UInt
}

extension PackedWriter {
    /// Appends an object of a shape.
    ///
    /// - Parameters:
    ///   - shape: says which members there are.
    ///   - ready: appends the members that are there from the beginning, in the order of the declaration; a
    ///     null makes no member.
    ///   - rest: appends the others, in order: all, or none where the object has none of them.
    @inlinable
    public mutating func shaped(
        _ shape: LuaShape,
        ready: (inout PackedWriter) -> Void,
        rest: (inout PackedWriter) -> Void = { _ in }
    ) {
        append(PackedTag.shaped, count: Int(shape.number))
        ready(&self)
        let place = count
        append(UnsafeRawBufferPointer(start: nil, count: 0))
        rest(&self)
        patch(place, count: count - place - 4)
    }

    /// Appends a shape's number, for the prelude's `host.shape(number, object)`.
    public mutating func number(of shape: LuaShape) {
        integer(Int64(shape.number))
    }

    /// Appends JSON; of an object only the members that the shape names are decoded.
    ///
    /// Asking it for another one is an error. JSON that isn't valid fails the call, wanted or not.
    @inlinable
    public mutating func json(_ value: UnsafeRawBufferPointer, only shape: LuaShape) {
        append(PackedTag.fields, count: Int(shape.number))
        append(value)
    }

    /// Appends a UUID by its two halves, most significant first; the script sees its text form.
    @inlinable
    public mutating func uuid(_ high: UInt64, _ low: UInt64) {
        append(PackedTag.uuid)
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { appendRaw($0) }
    }
}
