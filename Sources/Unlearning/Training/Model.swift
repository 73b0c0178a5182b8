internal import Crypto
package import Engine
package import Foundation

/// Everything that turns text into answers but the trained numbers: tokenizer, backbone, and what trains on it.
package struct Model: Sendable {
    package let network: Network
    package let tokenizer: Tokenizer
    private let maxTokens: Int

    /// `training`: Whether gradients will be asked for; without, the backbone takes less memory.
    package init(_ recipe: Recipe, backbone folder: URL, training: Bool) throws {
        tokenizer = try Tokenizer(folder: folder)
        let configuration = try BackboneConfiguration(contentsOf: folder.appending(path: "config.json"))
        let specification = try AdapterSpecification(recipe, layers: configuration.layers)
        let layout = AdapterLayout(specification, backbone: configuration)
        guard tokenizer.vocabularySize <= configuration.vocabularySize else {
            throw NetworkError.tokenOutOfVocabulary(
                id: tokenizer.vocabularySize - 1, vocabulary: configuration.vocabularySize)
        }
        guard recipe.maxTokens <= configuration.maximumPositions else {
            throw NetworkError.tooManyTokens(
                found: recipe.maxTokens, positions: configuration.maximumPositions)
        }
        let backbone = try Backbone(
            folder: folder, gradientsFrom: training ? layout.firstLayer : nil)
        network = try Network(backbone: backbone, layout: layout)
        maxTokens = recipe.maxTokens
    }

    package var layout: AdapterLayout { network.layout }

    /// The fixed features of texts, the part that all shards share.
    package func features(_ texts: [String], threads: Int) throws -> [Features] {
        let tokens = Parallel.map(texts.count, threads: threads) {
            tokenizer.encode(texts[$0], maximumTokens: maxTokens)
        }
        return try Trunk(network).features(of: tokens, threads: threads)
    }

    /// The files of a backbone folder that decide what a text becomes.
    static let files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt"]

    /// SHA-256 over names and contents of the backbone's files.
    package static func digest(backbone folder: URL) throws -> [UInt8] {
        var whole = SHA256()
        for name in files {
            let url = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            var file = SHA256()
            while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty { file.update(data: block) }
            whole.update(data: Array((name + "\n").utf8))
            whole.update(data: Array(file.finalize()))
        }
        return Array(whole.finalize())
    }
}

extension AdapterSpecification {
    /// A recipe's choices as the engine's, checked against the number of layers.
    init(_ recipe: Recipe, layers: Int) throws {
        guard case .lora(let choice) = recipe.adapter else {
            self.init(lora: nil, labels: recipe.labels.count, pooling: recipe.pooling)
            return
        }
        let indices: [Int] =
            switch choice.layers {
            case .all: Array(0..<layers)
            case .top(let count): Array(max(0, layers - count)..<layers)
            case .indices(let indices): indices
            }
        if case .top(let count) = choice.layers, count > layers {
            throw NetworkError.noSuchLayer(count - 1, layers: layers)
        }
        if let last = indices.max(), last >= layers { throw NetworkError.noSuchLayer(last, layers: layers) }
        self.init(
            lora: LoRA(rank: choice.rank, alpha: Float(choice.alpha), targets: choice.targetModules, layers: indices),
            labels: recipe.labels.count, pooling: recipe.pooling)
    }
}
