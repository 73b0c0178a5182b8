package import Foundation

/// A frozen pretrained encoder: read once, never written to, shared by all threads.
package final class Backbone: Sendable {
    /// Which part of it is read. What trains on stored features needs no embedding, and what makes features no upper
    /// layer.
    package enum Part: Sendable, Equatable {
        case whole
        /// The embedding and the layers below one.
        case trunk(below: Int)
        /// The layers from one on.
        case adapted(from: Int)
    }

    /// The sizes of the backbone, as its config.json states them.
    package let configuration: BackboneConfiguration
    let part: Part
    private let storedEmbedding: InputEmbedding?
    let layers: LayerStack
    /// The model's own pooler, where its file has one and the top layer is part of what was read.
    let pooler: FrozenLinear?
    /// A causal model's end, where the top layer is part of what was read.
    let languageHead: LanguageHead?

    /// Reads a Hugging Face folder, or a GGUF file.
    ///
    /// - Parameters:
    ///   - folder: The folder or file, of which the configuration and the weights are read.
    ///   - gradientsFrom: The lowest layer that a gradient must reach; layers from there on are packed for the backward
    ///     products too, which doubles their memory. Nil: inference only.
    ///   - part: Which part is read.
    ///   - blocks: What the files of weights must hold, by name; parts are compared as they are read.
    /// - Throws: An error of the file that cannot be read, or is not what it must be.
    package convenience init(
        folder: URL, gradientsFrom: Int?, part: Part = .whole, blocks: [String: BlockDigests]? = nil
    ) throws {
        let folder = try ModelFolder(folder)
        let configuration = try BackboneConfiguration(folder, blocks: blocks)
        try self.init(configuration, folder, gradientsFrom: gradientsFrom, part: part, blocks: blocks)
    }

    /// The same, where the configuration was read already.
    init(
        _ configuration: BackboneConfiguration, _ folder: ModelFolder, gradientsFrom: Int?, part: Part = .whole,
        blocks: [String: BlockDigests]? = nil
    ) throws {
        self.configuration = configuration
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
            languageHead = nil
            return
        }
        let source = try WeightSource(folder: folder, configuration: configuration, blocks: blocks)
        if case .adapted = part {
            storedEmbedding = nil
        } else {
            storedEmbedding = try InputEmbedding(source)
        }
        layers = LayerStack(
            all, from: range.lowerBound,
            try range.map { layer in
                try TransformerLayer(source, layer: layer, needsGradient: gradientsFrom.map { layer >= $0 } ?? false)
            })
        let readsEnd = range.upperBound == all
        switch configuration.family {
        case .encoder:
            pooler = readsEnd ? try source.pooler(needsGradient: gradientsFrom != nil) : nil
            languageHead = nil
        case .decoder(let decoder):
            pooler = nil
            languageHead = readsEnd ? try LanguageHead(source, decoder, needsGradient: gradientsFrom != nil) : nil
        }
    }

    var embedding: InputEmbedding {
        guard let storedEmbedding else { preconditionFailure("a text reached a backbone that was read for features") }
        return storedEmbedding
    }

    /// Whether the last layer's result comes from here, so that it is pooled here.
    var reachesTop: Bool { layers.loaded.upperBound == layers.count && !(layers.loaded.isEmpty && part != .whole) }
}

/// The layers of a backbone, of which a part may not have been read.
struct LayerStack: Sendable {
    /// The layers of the whole backbone.
    let count: Int
    let loaded: Range<Int>
    private let layers: [TransformerLayer]

    init(_ count: Int, from first: Int, _ layers: [TransformerLayer]) {
        self.count = count
        self.layers = layers
        loaded = first..<first + layers.count
    }

    subscript(layer: Int) -> TransformerLayer {
        precondition(loaded.contains(layer), "a layer is used that was not read")
        return layers[layer - loaded.lowerBound]
    }
}
