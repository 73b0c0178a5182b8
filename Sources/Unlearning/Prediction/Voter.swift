package import Engine

/// A shard that can answer.
package struct Voter: Sendable {
    let shard: Int
    /// Live records that the state was trained on.
    let records: Int
    let state: AdapterState

    package init(shard: Int, records: Int, state: AdapterState) {
        self.shard = shard
        self.records = records
        self.state = state
    }
}

extension Voter {
    /// A shard's voter, and the stages whose checkpoints it had to pass over.
    typealias Search = (voter: Voter?, skipped: [Int])

    /// Of a shard's checkpoints that the plan asks for and that can be read, the one that was trained on most records; of several orders
    /// the first; nil where there is none.
    static func newest(
        shard: Int, _ items: [CheckpointPlan.Item], rows: [StageRow], _ store: CheckpointStore, _ layout: AdapterLayout
    ) throws -> Search {
        var skipped: [Int] = []
        for item in CheckpointPlan.answering(items) {
            // A state that became one to keep, and was none when it was trained, is no damage: the repair makes its file.
            guard let row = rows.first(where: { $0.key == item.key }), row.stored > 0 else { continue }
            if let checkpoint = try store.read(item.key, shard: shard, size: row.size, digest: row.digest),
                let state = checkpoint.state(layout: layout)
            {
                return (Voter(shard: shard, records: item.records, state: state), skipped)
            }
            skipped.append(item.stage)
        }
        return (nil, skipped)
    }
}
