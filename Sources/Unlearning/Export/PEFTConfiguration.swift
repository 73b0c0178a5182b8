internal import Engine
internal import Foundation

/// The adapter_config.json of an exported LoRA, in the fields that PEFT 0.11 reads.
struct PEFTConfiguration: Encodable, Equatable {
    let peftType = "LORA"
    let taskType: TaskType
    let baseModelNameOrPath: String
    let r: Int
    let loraAlpha: Double
    let targetModules: Modules
    /// Nil: all.
    let layersToTransform: [Int]?
    let modulesToSave: Heads
    let bias = "none"
    /// GPT-2's matrices are stored as (inputs, outputs).
    let fanInFanOut: Bool
    let inferenceMode = true
    let loraDropout = 0.0
    let useRslora = false
    let useDora = false

    /// PEFT takes ends of names, or one pattern for whole names.
    enum Modules: Equatable {
        case ends([String])
        case pattern(String)
    }

    /// Which of transformers' models it is an adapter of.
    enum TaskType: String, Encodable {
        case sequenceClassification = "SEQ_CLS"
        case causalLanguageModel = "CAUSAL_LM"
    }

    /// What is trained beside the adapter, by the names that transformers has for it.
    enum Heads: Equatable {
        /// Written as null. vLLM refuses everything else.
        case none
        case named([String])
    }

    /// `layers`: How many the backbone has.
    init(
        _ lora: AdapterSpecification.LoRA, alpha: Double, layers: Int, family: BackboneConfiguration.ModelType,
        backbone: String
    ) {
        switch family {
        case .bert, .distilbert, .electra:
            (taskType, modulesToSave) = (.sequenceClassification, .named(["classifier", "score"]))
        case .llama, .qwen2, .qwen3, .gpt2:
            (taskType, modulesToSave) = (.causalLanguageModel, .none)
        }
        fanInFanOut = family == .gpt2
        baseModelNameOrPath = backbone
        r = lora.rank
        loraAlpha = alpha
        let isAll = lora.layers == Array(0..<layers)
        // Every module that ends in the name of `output` is meant by it, and attention.output.dense does too.
        if lora.targets.contains(.output), !lora.targets.contains(.attentionOutput) {
            let numbers = lora.layers.map(String.init).joined(separator: "|")
            let paths = lora.targets.map { $0.path.replacing(".", with: #"\."#) }.joined(separator: "|")
            // PEFT refuses a pattern beside a list of layers, so they are in it.
            targetModules = .pattern(#".*\.layer\.(\#(numbers))\.(\#(paths))"#)
            layersToTransform = nil
        } else {
            targetModules = .ends(
                lora.targets.map { target in
                    switch target {
                    case .attentionOutput, .intermediate, .output: target.path
                    default: target.rawValue
                    }
                })
            layersToTransform = isAll ? nil : lora.layers
        }
    }

    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}

extension PEFTConfiguration.Modules: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .ends(let ends): try container.encode(ends)
        case .pattern(let pattern): try container.encode(pattern)
        }
    }
}

extension PEFTConfiguration.Heads: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .none: try container.encodeNil()
        case .named(let names): try container.encode(names)
        }
    }
}
