package import Foundation

/// A frozen pretrained encoder: read once, never written to, shared by all threads.
package final class Backbone: Sendable {
    /// Which part of it is read. What trains on stored features needs no embedding, and what makes features no upper layer.
    package enum Part: Sendable, Equatable {
        case whole
        /// The embedding and the layers below one.
        case trunk(below: Int)
        /// The layers from one on.
        case adapted(from: Int)
    }

    package let configuration: BackboneConfiguration
    let part: Part
    private let storedEmbedding: Embedding?
    let layers: LayerStack
    /// The model's own pooler, where its file has one and the top layer is part of what was read.
    let pooler: FrozenLinear?

    /// Reads a Hugging Face folder: config.json and model.safetensors.
    ///
    /// `gradientsFrom`: The lowest layer that a gradient must reach; layers from there on are packed for the backward
    ///   products too, which doubles their memory. `nil`: inference only.
    /// `blocks`: What the weights' file must hold; parts are compared as they are read.
    package init(
        folder: URL, gradientsFrom: Int?, part: Part = .whole, blocks: BlockDigests? = nil
    ) throws {
        configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        self.part = part
        let all = configuration.layers
        let range: Range<Int> =
            switch part {
            case .whole: 0..<all
            case .trunk(let limit): 0..<limit
            case .adapted(let first): first..<all
            }
        // A head on stored features asks for no weight at all.
        guard part == .whole || !range.isEmpty || range.lowerBound == 0 else {
            storedEmbedding = nil
            layers = LayerStack(all, from: all, [])
            pooler = nil
            return
        }
        let source = try WeightSource(folder: folder, configuration: configuration, blocks: blocks)
        storedEmbedding = if case .adapted = part { nil } else { try Embedding(source) }
        layers = LayerStack(
            all, from: range.lowerBound,
            try range.map { layer in
                try EncoderLayer(source, layer: layer, needsGradient: gradientsFrom.map { layer >= $0 } ?? false)
            })
        pooler = range.upperBound == all ? try source.pooler(needsGradient: gradientsFrom != nil) : nil
    }

    var embedding: Embedding {
        guard let storedEmbedding else { preconditionFailure("a text reached a backbone that was read for features") }
        return storedEmbedding
    }

    /// Whether the last layer's result comes from here, so that it is pooled here.
    var reachesTop: Bool { layers.loaded.upperBound == layers.count && !(layers.loaded.isEmpty && part != .whole) }
}

/// The layers of an encoder, of which a part may not have been read.
struct LayerStack: Sendable {
    /// Of the whole encoder.
    let count: Int
    let loaded: Range<Int>
    private let layers: [EncoderLayer]

    init(_ count: Int, from first: Int, _ layers: [EncoderLayer]) {
        self.count = count
        self.layers = layers
        loaded = first..<first + layers.count
    }

    subscript(layer: Int) -> EncoderLayer {
        precondition(loaded.contains(layer), "a layer is used that was not read")
        return layers[layer - loaded.lowerBound]
    }
}

extension EncoderLayer {
    init(_ source: WeightSource, layer: Int, needsGradient: Bool) throws {
        let configuration = source.configuration
        let hidden = configuration.hiddenSize
        let inner = configuration.intermediateSize
        let names = LayerNames(configuration.modelType, layer: layer)
        var weights: [Float] = []
        var biases: [Float] = []
        for name in [names.query, names.key, names.value] {
            weights += try source.matrix(name + ".weight", [hidden, hidden])
            biases += try source.vector(name + ".bias", hidden, seeded: 0)
        }
        func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws -> FrozenLinear {
            FrozenLinear(
                weights: try source.matrix(name + ".weight", [outputs, inputs]),
                bias: try source.vector(name + ".bias", outputs, seeded: 0), inputs: inputs,
                needsGradient: needsGradient)
        }
        queryKeyValue = FrozenLinear(
            weights: weights, bias: biases, inputs: hidden, needsGradient: needsGradient)
        attentionOutput = try linear(names.attentionOutput, hidden, hidden)
        attentionNorm = try source.norm(names.attentionNorm)
        intermediate = try linear(names.intermediate, hidden, inner)
        output = try linear(names.output, inner, hidden)
        outputNorm = try source.norm(names.outputNorm)
        activation = configuration.activation
        attention = Attention(heads: configuration.heads, hidden: hidden)
    }
}
