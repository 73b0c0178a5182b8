internal import Foundation

/// The opened files of a backbone's weights: tensors by the names that Hugging Face gives them, in its order and
/// orientation, whatever the file.
struct WeightFiles: Sendable {
    private enum Kind: Sendable {
        /// `prefix` is what this folder's names have before those that are asked for, `dropped` what they lack of them.
        case safetensors([SafeTensors], prefix: String, dropped: String)
        case gguf(GGUF)
    }
    private let kind: Kind
    private let configuration: BackboneConfiguration

    /// Opens the files. `blocks`: what they must hold, by name; nil: they were compared already.
    init(_ folder: ModelFolder, _ configuration: BackboneConfiguration, blocks: [String: BlockDigests]?) throws {
        self.configuration = configuration
        if folder.isGGUF {
            kind = .gguf(try GGUF(contentsOf: folder.url, blocks: blocks?[ModelFolder.ggufName]))
        } else {
            let files = try folder.weights.map { name in
                let url = folder.location(of: name)
                guard FileManager.default.fileExists(atPath: url.path) else {
                    throw NetworkError.noWeights(path: url.path)
                }
                return try SafeTensors(contentsOf: url, blocks: blocks?[name])
            }
            try folder.index?.check(files)
            let (prefix, dropped) = Self.prefixes(files, configuration)
            kind = .safetensors(files, prefix: prefix, dropped: dropped)
        }
        if case .decoder(let decoder) = configuration.family { try checkNames(decoder) }
    }

    private static func prefixes(
        _ files: [SafeTensors], _ configuration: BackboneConfiguration
    ) -> (prefix: String, dropped: String) {
        func has(_ name: String) -> Bool { files.contains { $0.contains(name) } }
        let type = configuration.modelType
        switch configuration.family {
        case .encoder:
            let prefix = "\(type.rawValue)."
            return (has(prefix + "embeddings.word_embeddings.weight") ? prefix : "", "")
        case .decoder:
            return ("", has(DecoderTensors.embedding(type)) ? DecoderTensors.prefix(type) : "")
        }
    }

    /// The name of a tensor in these files.
    private func name(of tensor: String) -> String {
        switch (kind, configuration.family) {
        case (.safetensors(_, let prefix, let dropped), _):
            prefix + (tensor.hasPrefix(dropped) ? String(tensor.dropFirst(dropped.count)) : tensor)
        case (.gguf, .decoder(let decoder)): GGUFNames(configuration, decoder).name(of: tensor)
        case (.gguf, .encoder): preconditionFailure("no encoder is read from a GGUF file")
        }
    }

    /// A causal model is understood only where its files have all of its tensors, and no others.
    private func checkNames(_ decoder: BackboneConfiguration.Decoder) throws {
        let expected = DecoderTensors.names(configuration, decoder).map(name(of:))
        let known = Set(expected)
        let found: [(name: String, file: String)]
        switch kind {
        case .safetensors(let files, _, _):
            found = files.flatMap { file in file.names.map { ($0, file.file) } }
            let names = Set(found.map(\.name))
            if let missing = expected.first(where: { !names.contains($0) }) {
                throw SafeTensorsError(file: files[0].file, problem: .missingTensor(missing))
            }
        case .gguf(let file):
            found = file.entries.map { ($0.name, file.file) }
            if let missing = expected.first(where: { !file.contains($0) }) { throw file.error(.missingTensor(missing)) }
        }
        for (name, file) in found where !known.contains(name) && !isNeedless(name, decoder) {
            throw NetworkError.unknownTensor(name, file: file)
        }
    }

    private func isNeedless(_ name: String, _ decoder: BackboneConfiguration.Decoder) -> Bool {
        switch kind {
        case .safetensors: DecoderTensors.isNeedless(name, decoder)
        case .gguf: configuration.modelType == .llama && name == "rope_freqs.weight"
        }
    }

    /// Whether there is a tensor of this name.
    func contains(_ tensor: String) -> Bool {
        let name = name(of: tensor)
        return switch kind {
        case .safetensors(let files, _, _): files.contains { $0.contains(name) }
        case .gguf(let file): file.contains(name)
        }
    }

    /// A tensor as it is stored, (outputs, inputs), every element finite. One that is missing is told of the first
    /// file.
    func rows(_ tensor: String, _ shape: [Int]) throws -> StoredRows {
        let name = name(of: tensor)
        switch kind {
        case .safetensors(let files, _, _):
            let file = files.first { $0.contains(name) } ?? files[0]
            guard isTurned(tensor, shape) else { return try file.rows(name, shape: shape) }
            return try file.rows(name, shape: shape.reversed()).transposed()
        case .gguf(let file):
            let stored = try file.rows(name, shape: shape)
            guard case .decoder(let decoder) = configuration.family,
                let source = GGUFNames(configuration, decoder).source(of: tensor)
            else { return stored }
            if shape.count > 1 { return stored.reordered(source) }
            let values = stored.floats()
            return StoredRows(values.indices.map { values[source($0)] }, rows: 1, columns: values.count)
        }
    }

    /// Whether Hugging Face's file has the matrix as (inputs, outputs): those of GPT-2 are written as convolutions.
    private func isTurned(_ tensor: String, _ shape: [Int]) -> Bool {
        configuration.modelType == .gpt2 && shape.count == 2 && tensor.contains(".c_")
    }
}
