/// The frozen scale and shift of a layer norm.
package struct LayerNorm: Sendable {
    package let scale: [Float]  // (hidden)
    package let shift: [Float]  // (hidden)
    package let epsilon: Float

    package init(scale: [Float], shift: [Float], epsilon: Float) {
        self.scale = scale
        self.shift = shift
        self.epsilon = epsilon
    }
}
