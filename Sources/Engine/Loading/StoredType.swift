/// How the elements of a stored tensor lie in a file: as numbers, or in blocks that share a scale.
///
/// The raw values are those of the GGUF format.
package enum StoredType: UInt32, Sendable, CaseIterable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q5_0 = 6
    case q5_1 = 7
    case q8_0 = 8
    case q4K = 12
    case q5K = 13
    case q6K = 14
    case bf16 = 30

    /// What people and other programs call it.
    package var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .bf16: "BF16"
        case .q4_0: "Q4_0"
        case .q4_1: "Q4_1"
        case .q5_0: "Q5_0"
        case .q5_1: "Q5_1"
        case .q8_0: "Q8_0"
        case .q4K: "Q4_K"
        case .q5K: "Q5_K"
        case .q6K: "Q6_K"
        }
    }

    /// How many elements of a row share one block; 1 where each is a number of its own.
    package var blockElements: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
        case .q4K, .q5K, .q6K: 256
        }
    }

    /// The bytes of a block.
    package var blockBytes: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q4K: 144
        case .q5K: 176
        case .q6K: 210
        }
    }

    /// The kind of panels that a product takes as they are; nil: numbers that need no widening.
    var compact: CompactKind? {
        switch self {
        case .f32: nil
        case .f16: .f16
        case .bf16: .bf16
        case .q4_0: .q4_0
        case .q4_1: .q4_1
        case .q5_0: .q5_0
        case .q5_1: .q5_1
        case .q8_0: .q8_0
        case .q4K: .q4K
        case .q5K: .q5K
        case .q6K: .q6K
        }
    }

    /// Whether elements share scales.
    package var isQuantized: Bool { blockElements > 1 }

    /// The name of any type of the format, for messages.
    static func name(of identifier: UInt32) -> String {
        if let type = StoredType(rawValue: identifier) { return type.name }
        return others[identifier] ?? "number \(identifier)"
    }

    private static let others: [UInt32: String] = [
        4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS",
        18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16",
        26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0"
    ]
}
