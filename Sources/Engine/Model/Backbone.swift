package import Foundation

/// A frozen pretrained encoder: read once, never written to, shared by all threads.
package final class Backbone: Sendable {
    package let configuration: BackboneConfiguration
    let embedding: Embedding
    let layers: [EncoderLayer]
    /// The model's own pooler, where its file has one.
    let pooler: FrozenLinear?

    /// Reads a Hugging Face folder: config.json and model.safetensors.
    ///
    /// `gradientsFrom`: The lowest layer that a gradient must reach; layers from there on are packed for the backward
    ///   products too, which doubles their memory. `nil`: inference only.
    package init(folder: URL, gradientsFrom: Int?) throws {
        configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        let source = try WeightSource(folder: folder, configuration: configuration)
        embedding = try Embedding(source)
        layers = try (0..<configuration.layers).map { layer in
            try EncoderLayer(source, layer: layer, needsGradient: gradientsFrom.map { layer >= $0 } ?? false)
        }
        pooler = try source.pooler(needsGradient: gradientsFrom != nil)
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
