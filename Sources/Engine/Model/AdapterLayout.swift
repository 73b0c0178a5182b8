/// Which tensors train, what they are called, and where each lies in the flat parameter buffer.
///
/// The list is computed from the specification and the backbone's shapes and matched exactly, never by parts of names: the
/// reference code of S3T matches substrings and trains 30 layers of 32 instead of 8.
package struct AdapterLayout: Sendable, Equatable {
    package struct Tensor: Sendable, Equatable {
        /// The name under which PEFT saves it.
        package let name: String
        package let shape: [Int]
        package let range: Range<Int>
    }

    /// One adapted matrix: A (rank, inputs) and B (outputs, rank).
    struct Slot: Sendable, Equatable {
        let layer: Int
        let module: TargetModule
        let inputs: Int
        let outputs: Int
        let a: Range<Int>
        let b: Range<Int>
    }

    package let specification: AdapterSpecification
    package let tensors: [Tensor]
    let slots: [Slot]
    package let hidden: Int
    let headWeight: Range<Int>  // (labels, hidden)
    let headBias: Range<Int>  // (labels)
    private let slotIndices: [[Int?]]  // [layer][module]

    /// Parameters in all: the length of a flat buffer.
    package var count: Int { headBias.upperBound }
    /// The head's parameters, which have a learning rate of their own.
    package var head: Range<Int> { headWeight.lowerBound..<headBias.upperBound }
    package var loraParameters: Range<Int> { 0..<headWeight.lowerBound }
    /// The lowest layer that adapts; everything below is a fixed function of the text. Head only: the layer count.
    package let firstLayer: Int
    package let layerCount: Int

    package init(_ specification: AdapterSpecification, backbone: BackboneConfiguration) {
        self.specification = specification
        hidden = backbone.hiddenSize
        layerCount = backbone.layers
        firstLayer = specification.lora?.layers.first ?? backbone.layers
        var tensors: [Tensor] = []
        var end = 0
        func place(_ name: String, _ shape: [Int]) -> Range<Int> {
            let range = end..<end + shape.reduce(1, *)
            tensors.append(Tensor(name: "base_model.model." + name, shape: shape, range: range))
            end = range.upperBound
            return range
        }
        var slots: [Slot] = []
        var indices = [[Int?]](
            repeating: [Int?](repeating: nil, count: TargetModule.allCases.count), count: backbone.layers)
        if let lora = specification.lora {
            for layer in lora.layers {
                for module in lora.targets {
                    let (inputs, outputs) = backbone.shape(of: module)
                    let prefix = "bert.encoder.layer.\(layer).\(module.path)."
                    let a = place(prefix + "lora_A.weight", [lora.rank, inputs])
                    let b = place(prefix + "lora_B.weight", [outputs, lora.rank])
                    indices[layer][module.index] = slots.count
                    slots.append(
                        Slot(layer: layer, module: module, inputs: inputs, outputs: outputs, a: a, b: b))
                }
            }
            precondition(
                slots.count == lora.layers.count * lora.targets.count, "an adapted matrix is missing")
        }
        headWeight = place("classifier.weight", [specification.labels, hidden])
        headBias = place("classifier.bias", [specification.labels])
        self.tensors = tensors
        self.slots = slots
        slotIndices = indices
    }

    func slot(layer: Int, _ module: TargetModule) -> Int? { slotIndices[layer][module.index] }
}

extension TargetModule {
    var index: Int {
        switch self {
        case .query: 0
        case .key: 1
        case .value: 2
        case .attentionOutput: 3
        case .intermediate: 4
        case .output: 5
        }
    }
}

extension BackboneConfiguration {
    func shape(of module: TargetModule) -> (inputs: Int, outputs: Int) {
        switch module {
        case .query, .key, .value, .attentionOutput: (hiddenSize, hiddenSize)
        case .intermediate: (hiddenSize, intermediateSize)
        case .output: (intermediateSize, hiddenSize)
        }
    }
}
