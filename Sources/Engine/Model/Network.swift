/// A frozen backbone with the list of what trains on it: everything about a model but the trained numbers.
package final class Network: Sendable {
    /// The frozen weights.
    package let backbone: Backbone
    /// What trains on them.
    package let layout: AdapterLayout
    let head: Head
    let sizes: LayerSizes

    /// Throws where the layout asks for a layer or a pooler that the backbone has not.
    package init(backbone: Backbone, layout: AdapterLayout) throws(NetworkError) {
        if let lora = layout.specification.lora, let layer = lora.layers.last, layer >= backbone.layers.count {
            throw .noSuchLayer(layer, layers: backbone.layers.count)
        }
        if layout.specification.pooling == .pooler, backbone.reachesTop, backbone.pooler == nil { throw .noPooler }
        guard layout.specification.task.fits(backbone.configuration.family) else {
            throw .otherFamily(model: backbone.configuration.modelType.rawValue)
        }
        self.backbone = backbone
        self.layout = layout
        sizes = LayerSizes(backbone.configuration)
        switch layout.specification.task {
        case .classification(let labels, let pooling):
            let pooler = Pooler(
                pooling: pooling, hidden: backbone.configuration.hiddenSize, dense: backbone.pooler)
            head = .classifier(ClassifierHead(pooler: pooler, labels: labels))
        case .generation:
            head = .language(backbone.languageHead)
        }
    }

    var hidden: Int { backbone.configuration.hiddenSize }
    var heads: Int { backbone.configuration.heads }

    /// The head of a classification.
    var classifier: ClassifierHead {
        guard case .classifier(let classifier) = head else {
            preconditionFailure("a label is asked of a model that generates")
        }
        return classifier
    }

    /// The head of a generation.
    var language: LanguageHead {
        guard case .language(let language?) = head else {
            preconditionFailure("a token is asked of a model whose end was not read")
        }
        return language
    }

    /// Cuts work into chunks of about this many tokens: large enough for the products, small enough for the caches.
    static let chunkTokens = 512
    /// The same for training, where a thread's whole share of a batch should be one chunk: threads that wait for each
    /// other are lost.
    static let trainingChunkTokens = 1024
}

/// Why a model cannot be put together, or cannot go on.
package enum NetworkError: Error, Equatable {
    /// A recipe's layer, and how many the backbone has.
    case noSuchLayer(Int, layers: Int)
    /// Fewer adapted layers than slices that each train some.
    case tooFewLayers(adapted: Int, slices: Int)
    /// A classification of a causal model, or a generation of an encoder.
    case otherFamily(model: String)
    /// The recipe asks for a pooler that the weights' file has not.
    case noPooler
    /// The file of weights is missing.
    case noWeights(path: String)
    /// A file of weights has a tensor that no such model has.
    case unknownTensor(String, file: String)
    /// Tokenizer and weights are of different models.
    case tokenOutOfVocabulary(id: Int, vocabulary: Int)
    /// Longer texts than the backbone has positions for.
    case tooManyTokens(found: Int, positions: Int)
    /// A limit of tokens that the special ones alone reach.
    case noRoomForText(special: Int, limit: Int)
    /// A loss, gradient or weight is infinite or not a number.
    case notFinite
}

extension NetworkError: CustomStringConvertible {
    /// What is wrong, and what to do.
    package var description: String {
        switch self {
        case .noSuchLayer(let layer, let layers):
            "adapter.layers names layer \(layer), but the backbone has layers 0 to \(layers - 1); "
                + "name layers it has, or use `layers: {top: n}`"
        case .tooFewLayers(let adapted, let slices):
            "with `adapter.stages: layers` each of the \(slices) slices trains a layer of its own at least, and "
                + "\(adapted) layers are adapted; "
                + "adapt more layers, or take fewer slices"
        case .otherFamily(let model):
            "a model of type \(model) does not fit the task: a classification (`task: classification`) takes an "
                + "encoder such as bert, a generation (`task: generation`) a causal model such as llama, qwen2, qwen3 "
                + "or gpt2"
        case .noPooler:
            "pooling is `pooler`, but the backbone's file has no pooler.dense tensors; use `pooling: mean` or `cls`"
        case .noWeights(let path):
            "\(path) is missing; weights are read from one safetensors file, or from those that "
                + "model.safetensors.index.json names. Where the folder has only pytorch_model.bin, "
                + "save the model again with `save_pretrained(folder, safe_serialization=True)`"
        case .unknownTensor(let tensor, let file):
            "\(file): there is a tensor \"\(tensor)\", which no model of this kind has; what it does is not known, so "
                + "choose another model"
        case .tokenOutOfVocabulary(let id, let vocabulary):
            "the tokenizer gave token \(id), but the backbone's vocabulary has \(vocabulary) entries; "
                + "tokenizer and weights are not of one model: fetch the folder again"
        case .tooManyTokens(let found, let positions):
            "texts may have \(found) tokens, but the backbone has positions for \(positions); lower `max_tokens`"
        case .noRoomForText(let special, let limit):
            "the tokenizer puts \(special) tokens of its own around every text, and a text may have \(limit) in all; "
                + "raise `max_tokens`, or choose another model"
        case .notFinite:
            "training left the range of numbers (a loss or weight is infinite or not a number); "
                + "lower the learning rate, or look for damaged weights"
        }
    }
}
