import Runtime
import Testing

/// What ships is tested in the VM that it ships with.
@Suite struct ShippedSpecTests {
    @Test(arguments: try ShippedSpecs.examples.get())
    func `an example of the library gives what it says`(each: ShippedSpecs.Case) {
        hold(each)
    }

    @Test(arguments: try ShippedSpecs.files.get())
    func `a spec of the library holds`(each: ShippedSpecs.Case) {
        hold(each)
    }

    private func hold(_ each: ShippedSpecs.Case) {
        if let failure = each.runner.run(each.spec).failure {
            Issue.record("\(each.spec)\n\(failure.text)")
        }
    }
}
