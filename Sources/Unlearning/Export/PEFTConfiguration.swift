internal import Engine
internal import Foundation

/// The adapter_config.json of an exported LoRA, in the fields that PEFT 0.11 reads.
struct PEFTConfiguration: Encodable, Equatable {
    let peftType = "LORA"
    let taskType = "SEQ_CLS"
    let baseModelNameOrPath: String
    let r: Int
    let loraAlpha: Double
    let targetModules: Modules
    /// Nil: all.
    let layersToTransform: [Int]?
    let modulesToSave = ["classifier", "score"]
    let bias = "none"
    let fanInFanOut = false
    let inferenceMode = true
    let loraDropout = 0.0
    let useRslora = false
    let useDora = false

    /// PEFT takes ends of names, or one pattern for whole names.
    enum Modules: Equatable {
        case ends([String])
        case pattern(String)
    }

    /// `layers`: How many the backbone has.
    init(_ lora: AdapterSpecification.LoRA, alpha: Double, layers: Int, backbone: String) {
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
                    case .query, .key, .value: target.rawValue
                    default: target.path
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
