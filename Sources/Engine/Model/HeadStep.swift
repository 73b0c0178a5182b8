/// One optimizer step where nothing but the head trains: features are vectors, and the step is a few microseconds of
/// work.
///
/// A thread owns a range of labels, with their rows of the weight: their logits, their gradients and their update. All
/// that must be exchanged is the logits, since the loss needs whole rows. Each number is the same chain of operations
/// as in `BatchTrainer.gradient`, only without the copies and packings in between, so the bits are the same for every
/// thread count.
final class HeadStep {
    private let layout: AdapterLayout
    private let pool: ThreadPool
    private let members: [Member]
    private var input: [Float] = []  // (records, hidden)
    private var columns = Panels()  // (hidden, records), for logits
    private var rows = Panels()  // (records, hidden), for the weight's gradient

    /// What one thread owns.
    private final class Member {
        let labels: Range<Int>
        var logits: [Float] = []  // (own labels, records)
        var dLogits: [Float] = []  // (records, all labels)
        var weight: [Float]  // gradient, (own labels, hidden)
        var bias: [Float]  // gradient, (all labels), since it is little work
        var losses: [Float] = []
        var isFinite = true

        init(_ labels: Range<Int>, of all: Int, hidden: Int) {
            self.labels = labels
            weight = [Float](repeating: 0, count: labels.count * hidden)
            bias = [Float](repeating: 0, count: all)
        }

        /// Logits of a member's labels, (own labels, records), into their columns of (records, all labels).
        func take(_ other: Member, records: Int) {
            let labels = bias.count
            precondition(other.logits.count >= other.labels.count * records && dLogits.count >= records * labels)
            unsafe other.logits.withUnsafeBufferPointer { from in
                unsafe dLogits.withUnsafeMutableBufferPointer { to in
                    // Inside both, by the check above.
                    for (row, label) in other.labels.enumerated() {
                        for record in 0..<records { unsafe to[record * labels + label] = from[row * records + record] }
                    }
                }
            }
        }
    }

    /// `leastShare`: Weights that are worth a thread. With fewer it would wait for the others longer than it works: on
    /// two cores 77 labels of a 384-wide model take 40 microseconds with one thread and as long with two.
    init(_ layout: AdapterLayout, _ pool: ThreadPool, leastShare: Int = 1 << 17) {
        self.layout = layout
        self.pool = pool
        let labels = layout.specification.labels
        let count = max(1, min(pool.size, labels, layout.headWeight.count / leastShare))
        members = (0..<count).map {
            Member($0 * labels / count..<($0 + 1) * labels / count, of: labels, hidden: layout.hidden)
        }
    }

    /// Returns the mean loss before the step; throws, and changes nothing, where that or a gradient is no finite
    /// number.
    func run(
        _ state: inout AdapterState, _ optimizer: inout Optimizer, _ examples: [Example], learningRate: Float
    ) throws(NetworkError) -> Float {
        precondition(!examples.isEmpty)
        let records = examples.count
        let view = MatrixView(rows: records, columns: layout.hidden)
        input.grow(to: records * layout.hidden)
        for (record, example) in examples.enumerated() {
            example.features.copy(into: &input, at: record * layout.hidden)
        }
        columns.pack(input, view.transposed)
        rows.pack(input, view)
        logits(state.values, records: records)
        pool.each(members) { [members] in gradient(of: $0, members, examples) }
        let loss = members[0].losses.reduce(0, +) / Float(records)
        guard loss.isFinite, members.allSatisfy(\.isFinite) else { throw .notFinite }
        optimizer.step(&state.values, parts: parts(learningRate), pool)
        return loss
    }

    /// W x + b, each member its own labels.
    private func logits(_ weights: [Float], records: Int) {
        pool.each(members) { [layout, columns] member in
            let count = member.labels.count
            member.logits.grow(to: count * records)
            for (row, label) in member.labels.enumerated() {
                let bias = weights[layout.headBias.lowerBound + label]
                for record in 0..<records { member.logits[row * records + record] = bias }
            }
            let offset = layout.headWeight.lowerBound + member.labels.lowerBound * layout.hidden
            multiply(
                weights, MatrixView(offset: offset, rows: count, columns: layout.hidden), columns,
                into: &member.logits, MatrixView(rows: count, columns: records), start: .stored)
        }
    }

    /// The loss of all labels, which is little work, so that nobody waits for it; then the gradients of the own ones.
    private func gradient(of member: Member, _ all: [Member], _ examples: [Example]) {
        let records = examples.count
        let labels = layout.specification.labels
        member.dLogits.grow(to: records * labels)
        for other in all { member.take(other, records: records) }
        member.losses = CrossEntropy.backward(
            &member.dLogits, labels: labels, targets: examples.lazy.map(\.target.label), share: 1 / Float(records))
        let own = MatrixView(
            offset: member.labels.lowerBound, rows: records, columns: member.labels.count, rowStride: labels)
        multiply(
            member.dLogits, own.transposed, rows, into: &member.weight,
            MatrixView(rows: member.labels.count, columns: layout.hidden))
        for label in 0..<labels { member.bias[label] = 0 }
        Rows.add(rows: records, columns: labels, member.dLogits, to: &member.bias, at: 0)
        member.isFinite = Elementwise.allFinite(member.weight) && Elementwise.allFinite(member.bias)
    }

    private func parts(_ learningRate: Float) -> [Optimizer.Part] {
        let weight = layout.headWeight.lowerBound
        let bias = layout.headBias.lowerBound
        return members.map { member in
            let rows = member.labels
            return Optimizer.Part(
                range: weight + rows.lowerBound * layout.hidden..<weight + rows.upperBound * layout.hidden,
                gradient: member.weight, learningRate: learningRate)
        }
            + members.map { member in
                Optimizer.Part(
                    range: bias + member.labels.lowerBound..<bias + member.labels.upperBound,
                    gradient: member.bias, offset: member.labels.lowerBound, learningRate: learningRate)
            }
    }
}
