/// A function that lives in one VM, for as long as the VM does.
public struct LuaFunction: Hashable, Sendable {
    /// The registry reference.
    let reference: Int32

    /// Which VM: a reference means nothing in another one.
    let owner: UInt
}
