import Engine

/// Floating-point operations that a training step cannot do without, two for each multiplication with its addition.
///
/// Frozen weights have no weight gradient, layers below the first adapted one are features, and in the lowest adapted
/// layer no gradient is wanted below query and value: neither of its input nor of its keys. Elementwise work is not
/// counted.
struct StepArithmetic {
    let configuration: BackboneConfiguration
    /// Adapted layers, the top ones; LoRA on query and value.
    let layers: Int
    let rank: Int
    let labels: Int

    /// Of a record with this many tokens.
    func operations(tokens: Int) -> Double {
        let hidden = configuration.hiddenSize
        let wide = 2 * hidden * configuration.intermediateSize
        var products = 0  // multiplications, over all tokens
        for layer in 0..<layers {
            let needsInput = layer > 0
            let square = hidden * hidden
            let forward = 4 * square + wide
            let backward = square + wide + (needsInput ? 3 * square : 0)
            let attention = tokens * hidden * (2 + 3 + (needsInput ? 1 : 0))
            let low = 2 * rank * hidden  // down and up, of one matrix
            let lora = 2 * (low + low / 2 + low + (needsInput ? low / 2 : 0))
            products += tokens * (forward + backward + attention + lora)
        }
        products += labels * hidden * (layers > 0 ? 3 : 2)
        return 2 * Double(products)
    }
}
