import Engine
import TestSupport

@testable import Unlearning

/// Records, a recipe, and what is done with them: all of it follows from a seed.
struct FuzzedProgram: Sendable, CustomStringConvertible {
    let seed: UInt64
    let shape: FuzzedShape
    let change: @Sendable (inout Recipe) -> Void
    let adapter: String
    let refusesDeleted: Bool
    let records: [ToyRecord]
    /// The first training ends at this sign of progress; nil: it comes to its end.
    let firstStop: Int?
    let audits: Bool
    var steps: [FuzzedStep]

    init(seed: UInt64) {
        self.seed = seed
        var generator = SeededGenerator(seed: seed)
        func odds(_ chances: Int, of all: Int) -> Bool { Int.random(in: 0..<all, using: &generator) < chances }
        shape = FuzzedShape(using: &generator)
        let (isHead, hasDates, isRounded) = (odds(4, of: 5), odds(1, of: 2), odds(1, of: 8))
        refusesDeleted = odds(1, of: 6)
        firstStop = odds(1, of: 10) ? Int.random(in: 0..<30, using: &generator) : nil
        audits = odds(1, of: 5)
        adapter = isHead ? "head only" : "LoRA on the top layer"
        change = { [shape, refusesDeleted] recipe in
            shape.apply(to: &recipe)
            recipe.adapter = isHead ? .head : .lora(rank: 1, targets: [.query], layers: .top(1))
            recipe.data.train = ["records.csv"]
            recipe.data.columns.date = hasDates ? "date" : nil
            recipe.checkpointPrecision = isRounded ? .bf16 : .f32
            recipe.deletedIDs = refusesDeleted ? .refuse : .allow
        }
        var maker = FuzzedStepMaker(shape, FuzzedCorpus(hasDates: hasDates), generator)
        records = maker.firstRecords()
        steps = maker.steps()
    }

    var description: String {
        let lines = steps.enumerated().map { "  \($0 + 1). \($1)" }
        let start = "\(records.count) records, \(shape), \(adapter)" + (refusesDeleted ? ", deleted ids refused" : "")
        let stop = firstStop.map { ", the first training stopped at event \($0)" } ?? ""
        return (["program \(seed): \(start)\(stop)"] + lines).joined(separator: "\n")
    }
}
