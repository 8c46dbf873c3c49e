/// What is to go wrong, by the number of the operation.
struct FaultPlan: Sendable {
    /// The last operation that is done.
    var powerOffAfter: Int?
    /// The operation that fails, the first one if more do.
    var failing: (operation: Int, fault: FileFault, isForGood: Bool)?

    /// What becomes of the operation with a number.
    func fault(at number: Int, _ operation: FileOperation) -> FileFault? {
        guard let failing, number == failing.operation || failing.isForGood && number > failing.operation,
            failing.fault != .diskFull || operation.needsRoom
        else { return nil }
        return failing.fault
    }
}
