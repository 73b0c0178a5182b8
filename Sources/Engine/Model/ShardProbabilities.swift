/// What every shard says about every record: (records, shards, labels), one flat buffer.
package struct ShardProbabilities: Sendable, Equatable {
    package let records: Int
    package let shards: Int
    package let labels: Int
    package private(set) var values: [Float]

    init(records: Int, shards: Int, labels: Int) {
        self.records = records
        self.shards = shards
        self.labels = labels
        values = [Float](repeating: 0, count: records * shards * labels)
    }

    /// Where a record's probabilities lie, (shards, labels).
    package func range(record: Int) -> Range<Int> {
        record * shards * labels..<(record + 1) * shards * labels
    }

    package func range(record: Int, shard: Int) -> Range<Int> {
        let start = (record * shards + shard) * labels
        return start..<start + labels
    }

    /// Takes over a block of (records, shards, labels).
    mutating func replace(records: Range<Int>, shards: Range<Int>, with block: [Float]) {
        precondition(block.count == records.count * shards.count * labels, "a block of probabilities has another shape")
        if records.count == self.records, shards.count == self.shards {
            values = block
            return
        }
        let width = shards.count * labels
        for (row, record) in records.enumerated() {
            let start = (record * self.shards + shards.lowerBound) * labels
            values.replaceSubrange(start..<start + width, with: block[row * width..<(row + 1) * width])
        }
    }
}
