/// What the frozen part below the first adapted layer makes of one text: a fixed function of the text and the backbone.
///
/// With LoRA these are the vectors of all tokens, (tokens, hidden); head only it is the pooled vector, (1, hidden).
package struct Features: Sendable, Equatable {
    package let rows: Int
    package let values: [Float]

    package var count: Int { values.count }

    /// Writes the numbers to `target[at...]`.
    package func copy(into target: inout [Float], at: Int) {
        target.replaceSubrange(at..<at + values.count, with: values)
    }

    package var bytes: Int { values.count * MemoryLayout<Float>.stride }
}
