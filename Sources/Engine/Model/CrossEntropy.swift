/// Softmax cross-entropy, the loss of a classification.
enum CrossEntropy {
    /// logits (records, labels) become their gradients, share * (softmax - one hot). Returns each record's loss.
    static func backward(
        _ logits: inout [Float], labels: Int, targets: ArraySlice<Int>, share: Float
    ) -> [Float] {
        let records = targets.count
        Rows.softmax(&logits, Window(rows: records, columns: labels), scale: 1)
        var losses: [Float] = []
        losses.reserveCapacity(records)
        for (record, target) in targets.enumerated() {
            let row = record * labels
            // The smallest normal number stands in for a probability that underflowed: the loss stays finite.
            losses.append(-Elementwise.log(max(logits[row + target], .leastNormalMagnitude)))
            logits[row + target] -= 1
        }
        Elementwise.scale(share, 0..<records * labels, of: &logits)
        return losses
    }
}
