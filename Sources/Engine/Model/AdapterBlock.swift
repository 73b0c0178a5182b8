/// What of an adapter trains beside the head: layers that follow each other, and so do their parameters.
package struct AdapterBlock: Sendable, Equatable {
    /// The lowest layer that trains; no gradient is taken below it.
    let firstLayer: Int
    /// Places in the layout's list of adapted matrices.
    let modules: Range<Int>
    /// Their parameters in the flat buffer.
    package let parameters: Range<Int>
}

extension AdapterLayout {
    /// The block of all adapted layers.
    package var whole: AdapterBlock {
        AdapterBlock(firstLayer: firstLayer, modules: modules.indices, parameters: loraParameters)
    }

    /// The block of layers that stage `index` of `count` trains (S3T, ICLR 2025): the top ones first, as even as they
    /// can be cut.
    ///
    /// Matched by whole layers and counted, never by names. There must be as many adapted layers as blocks.
    package func block(_ index: Int, of count: Int) -> AdapterBlock {
        let layers = specification.lora?.layers ?? []
        precondition(0..<count ~= index && count <= layers.count, "a block would be empty")
        let below = layers.count - layers.count * (index + 1) / count
        let chosen = layers[below..<layers.count - layers.count * index / count]
        let each = specification.lora?.targets.count ?? 0
        let modules = below * each..<(below + chosen.count) * each
        precondition(
            modules.allSatisfy { chosen.contains(self.modules[$0].layer) }
                && self.modules.count { chosen.contains($0.layer) } == modules.count, "a block has other matrices")
        let (first, last) = (self.modules[modules.lowerBound], self.modules[modules.upperBound - 1])
        return AdapterBlock(
            firstLayer: chosen[below], modules: modules, parameters: first.a.lowerBound..<last.b.upperBound)
    }
}
