/// The marks of all processors' lanes: as readers may see them, and as the sequencer has staged them.
struct MarkTable: Sendable {
    private var visible: [UInt32: [Int: Position]] = [:]
    private var staged: [UInt32: [Int: Position]] = [:]

    init() {}

    /// Marks by the names of their processors, as an index file keeps them; all of the names have symbols.
    init(_ marks: NamedMarks, _ symbols: SymbolTable) {
        for (processor, lanes) in marks {
            if let number = symbols.number(of: processor.text) { visible[number] = lanes }
        }
    }

    /// The durable marks of a processor.
    func marks(of processor: UInt32) -> [Int: Position] {
        visible[processor] ?? [:]
    }

    /// The newest mark of a lane, not yet durable ones included; 0 when there is none.
    func newest(_ processor: UInt32, _ lane: Int) -> Position {
        staged[processor]?[lane] ?? visible[processor]?[lane] ?? 0
    }

    /// The table without what is staged.
    var published: MarkTable {
        var table = self
        table.staged = [:]
        return table
    }

    /// The durable marks by the names of their processors.
    func named(by symbols: [String]) -> NamedMarks {
        var named: NamedMarks = [:]
        for (processor, lanes) in visible { named[ProcessorName(symbols[Int(processor)])] = lanes }
        return named
    }

    mutating func stage(_ processor: UInt32, _ lane: Int, _ position: Position) {
        staged[processor, default: [:]][lane] = position
    }

    /// What was staged is durable.
    mutating func publish() {
        for (processor, lanes) in staged {
            visible[processor, default: [:]].merge(lanes) { _, new in new }
        }
        staged.removeAll(keepingCapacity: true)
    }
}
