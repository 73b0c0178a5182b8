/// Which tensors train, what they are called, and where each lies in the flat parameter buffer.
///
/// The list is computed from the specification and the backbone's shapes and matched exactly, never by parts of names:
/// the reference code of S3T matches substrings and trains 30 layers of 32 instead of 8.
package struct AdapterLayout: Sendable, Equatable {
    /// A tensor that trains.
    package struct Tensor: Sendable, Equatable {
        /// The name under which PEFT saves it.
        package let name: String
        /// Its rows and columns, or its length.
        package let shape: [Int]
        /// Where its numbers lie in the flat buffer, row by row.
        package let range: Range<Int>
    }

    /// One adapted matrix: where its A (rank, inputs) and B (outputs, rank) lie in the flat buffer.
    struct AdaptedModule: Sendable, Equatable {
        let layer: Int
        let module: TargetModule
        let inputs: Int
        let outputs: Int
        let a: Range<Int>
        let b: Range<Int>
    }

    /// What the layout was computed from.
    package let specification: AdapterSpecification
    /// All tensors that train, in the order of the flat buffer.
    package let tensors: [Tensor]
    /// All adapted matrices, layer by layer.
    let modules: [AdaptedModule]
    /// The length of a token's vector.
    package let hidden: Int
    let headWeight: Range<Int>  // (labels, hidden)
    let headBias: Range<Int>  // (labels)
    private let moduleIndices: [[Int?]]  // [layer][module]

    /// Parameters in all: the length of a flat buffer.
    package var count: Int { headBias.upperBound }
    /// The head's parameters, which have a learning rate of their own; a task whose head trains nothing has none.
    package var head: Range<Int> { headWeight.lowerBound..<headBias.upperBound }
    /// The parameters of all adapted matrices.
    package var loraParameters: Range<Int> { 0..<headWeight.lowerBound }
    /// The lowest layer that adapts; everything below is a fixed function of the text. Head only: the layer count.
    package let firstLayer: Int
    /// The layers of the whole backbone.
    package let layerCount: Int

    /// Lays out what a specification trains on a backbone of these sizes.
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
        var modules: [AdaptedModule] = []
        var indices = [[Int?]](
            repeating: [Int?](repeating: nil, count: TargetModule.allCases.count), count: backbone.layers)
        if let lora = specification.lora {
            for layer in lora.layers {
                for module in lora.targets {
                    let (inputs, outputs) = module.shape(in: backbone)
                    let prefix = backbone.modelType.layerPath(layer) + module.path + "."
                    let a = place(prefix + "lora_A.weight", [lora.rank, inputs])
                    let b = place(prefix + "lora_B.weight", [outputs, lora.rank])
                    indices[layer][module.index] = modules.count
                    modules.append(
                        AdaptedModule(layer: layer, module: module, inputs: inputs, outputs: outputs, a: a, b: b))
                }
            }
            precondition(
                modules.count == lora.layers.count * lora.targets.count, "an adapted matrix is missing")
        }
        switch specification.task {
        case .classification(let labels, _):
            headWeight = place("classifier.weight", [labels, hidden])
            headBias = place("classifier.bias", [labels])
        case .generation:
            headWeight = end..<end
            headBias = end..<end
        }
        self.tensors = tensors
        self.modules = modules
        moduleIndices = indices
    }

    /// The place in `modules` of a layer's matrix; nil where it is not adapted.
    func module(layer: Int, _ module: TargetModule) -> Int? { moduleIndices[layer][module.index] }

    /// Whether a matrix of the layer is adapted that comes before this one in the forward pass.
    func adapts(layer: Int, before module: TargetModule) -> Bool {
        moduleIndices[layer].prefix(module.index).contains { $0 != nil }
    }
}
