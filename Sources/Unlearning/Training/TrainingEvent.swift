/// What a long piece of work tells while it runs. It carries counts only, never a record.
package enum TrainingEvent: Sendable {
    /// Work begins, or more of it: a command that trains several times says so each time, and its total is the sum.
    case began(recordPasses: Int, stages: Int)
    /// Features are computed for the next stage of a shard: those of `done` of `total` texts are there.
    case features(shard: Int, done: Int, total: Int)
    /// Some more record-passes are done.
    case advanced(shard: Int, stage: Int, recordPasses: Int)
    /// A stage is trained and stored.
    case finished(shard: Int, stage: Int, cost: StageCost)
    /// A stored checkpoint was damaged, or had gone, and is trained again.
    case rebuilding(shard: Int, stage: Int)
    /// A stored checkpoint is damaged or has gone; an earlier one of the shard answers, or none.
    case skipping(shard: Int, stage: Int)
    /// The ends of so many records of a generation are left out, because they have more tokens than `limit`.
    case cut(records: Int, limit: Int)
    /// A field in quotes, the first of its file, goes on over the end of its line where that is seldom meant. `place`:
    /// "file:line".
    case spanningLines(place: String)
}

/// Whoever wants to know how a long piece of work goes on; it is called by any thread.
package typealias TrainingProgress = @Sendable (TrainingEvent) -> Void
