/// The trained numbers: one flat buffer, laid out by an `AdapterLayout`.
package struct AdapterState: Sendable, Equatable {
    /// All trained numbers, in the order of `AdapterLayout.tensors`.
    package var values: [Float]

    /// Takes over numbers; there must be as many as the layout counts.
    package init(values: [Float]) {
        self.values = values
    }

    /// Initial values, a function of (seed, shard, tensor name) only.
    ///
    /// As PEFT and PyTorch start: A Kaiming-uniform with a = sqrt(5), which is U(-1/sqrt(inputs), 1/sqrt(inputs)); B
    /// zero; head weight U(-1/sqrt(hidden), 1/sqrt(hidden)); head bias zero.
    package init(seed: UInt64, shard: Int, layout: AdapterLayout) {
        values = [Float](repeating: 0, count: layout.count)
        for tensor in layout.tensors {
            let initial = Self.initialValues(
                of: tensor.name, shape: tensor.shape, count: tensor.range.count, seed: seed, shard: shard)
            if let initial { values.replaceSubrange(tensor.range, with: initial) }
        }
    }

    /// The first values of one tensor; nil: zeros.
    package static func initialValues(
        of name: String, shape: [Int], count: Int, seed: UInt64, shard: Int
    ) -> [Float]? {
        guard shape.count == 2, !name.hasSuffix("lora_B.weight") else { return nil }
        let stream = Philox(seed: seed, purpose: "initial", context: [String(shard), name])
        return stream.uniforms(count, bound: 1 / Float(shape[1]).squareRoot())
    }

    /// Whether no number is infinite or a NaN.
    package var isFinite: Bool { Elementwise.allFinite(values) }

    /// Rounds every value to bfloat16: the state of a stage whose recipe says `checkpoint_precision: bf16`.
    package mutating func roundToBFloat16() {
        for index in values.indices { values[index] = values[index].roundedToBFloat16 }
    }
}
