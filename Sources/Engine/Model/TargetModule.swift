/// A matrix of an encoder layer that LoRA can adapt; matched by its whole name, never by a part of it.
///
/// The order is that of a layer's forward pass, and of the parameters in a buffer. The raw values are in recipes and
/// their identities. A further one needs a case here and its line in the layer's three functions: forward, backward and
/// operands.
package enum TargetModule: String, CaseIterable, Codable, Sendable {
    case query
    case key
    case value
    case attentionOutput = "attention.output"
    case intermediate
    case output

    /// Where PEFT finds the module inside a BERT layer.
    package var path: String {
        switch self {
        case .query, .key, .value: "attention.self.\(rawValue)"
        case .attentionOutput: "attention.output.dense"
        case .intermediate: "intermediate.dense"
        case .output: "output.dense"
        }
    }

    /// The length of the vectors that the module reads, and of those that it gives.
    func shape(in backbone: BackboneConfiguration) -> (inputs: Int, outputs: Int) {
        switch self {
        case .query, .key, .value, .attentionOutput: (backbone.hiddenSize, backbone.hiddenSize)
        case .intermediate: (backbone.hiddenSize, backbone.intermediateSize)
        case .output: (backbone.intermediateSize, backbone.hiddenSize)
        }
    }

    /// The module's place among all: its entry in lists that have one for each.
    var index: Int { Self.indices[self, default: 0] }

    private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
