internal import Engine

/// Stage j of a shard's slice order: training on the first j slices of that order, from the checkpoint of stage j - 1.
///
/// Its epochs are those of `PassWeights.stageEpochs`, in general no whole number. Whole passes visit every record of
/// slices 1..j. For the rest, one more pass is thinned: each record takes part or not by its own keyed draw, with the
/// probability of the remainder. A stage without a whole pass takes its own new slice in full, because a slice that no
/// stage ever trains on would be lost. Nothing here looks at any other record.
package struct Stage: Sendable {
    /// Its number in the table, counted from 0.
    package let index: Int
    private let table: StageTable
    /// The slice that no stage before it has seen.
    private let slice: Int
    /// Passes over the records that the stage sees, with the fraction.
    package let epochs: Double
    /// Passes that visit every record.
    package let wholePasses: Int
    private let threshold: UInt64
    private let thinning: Philox
    private let seed: UInt64
    private let shard: Int

    /// `table`: That of the recipe, where it was made already.
    package init(_ index: Int, of recipe: Recipe, shard: Int, in table: StageTable? = nil) {
        let table = table ?? StageTable(recipe)
        self.index = index
        self.table = table
        slice = table.slice(of: index)
        self.shard = shard
        seed = recipe.seed
        epochs = PassWeights.stageEpochs(recipe.epochs, slices: recipe.slices)
        wholePasses = Int(epochs.rounded(.down))
        threshold = UInt64((epochs - epochs.rounded(.down)) * 0x1p64)
        thinning = Philox(seed: seed, purpose: "thinning", context: ["\(shard)", "\(index)"])
    }

    /// Passes over records, the thinned one included.
    package var passes: Int { wholePasses + (threshold > 0 || wholePasses == 0 ? 1 : 0) }

    private func takes(_ record: PlanRecord, pass: Int) -> Bool {
        if !table.sees(index, slice: record.slice) { return false }
        if pass < wholePasses { return true }
        if wholePasses == 0, record.slice == slice { return true }
        return thinning.word(at: record.rank) < threshold
    }

    /// Whether the stage visits a record at all.
    package func visits(_ record: PlanRecord) -> Bool {
        return (0..<passes).contains { takes(record, pass: $0) }
    }

    /// The records of one pass, as indices into `records`, in training order: a sort by a keyed hash of each record.
    package func order(pass: Int, _ records: [PlanRecord]) -> [Int] {
        let stream = Philox(seed: seed, purpose: "order", context: ["\(shard)", "\(index)", "\(pass)"])
        let drawn = records.indices.filter { takes(records[$0], pass: pass) }
            .map { (word: stream.word(at: records[$0].rank), index: $0) }
        return drawn.sorted { left, right in
            if left.word != right.word { return left.word < right.word }
            let (a, b) = (records[left.index], records[right.index])
            return a.rank != b.rank ? a.rank < b.rank : a.id < b.id
        }.map(\.index)
    }

    /// Record-passes of the whole stage: the unit in which all cost is counted.
    ///
    /// A stage whose own slice is empty trains on nothing: it hands on the state of the stage before.
    package func recordPasses(_ records: [PlanRecord]) -> Int {
        guard records.contains(where: { $0.slice == slice }) else { return 0 }
        return (0..<passes).reduce(0) { sum, pass in
            sum + records.count { takes($0, pass: pass) }
        }
    }
}
