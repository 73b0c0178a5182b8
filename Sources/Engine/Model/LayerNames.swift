/// What the members of the BERT family call the parts of a layer in their files.
struct LayerNames {
    let query, key, value, attentionOutput, attentionNorm, intermediate, output, outputNorm: String

    init(_ model: BackboneConfiguration.ModelType, layer: Int) {
        switch model {
        case .bert, .electra:
            let prefix = "encoder.layer.\(layer)."
            query = prefix + "attention.self.query"
            key = prefix + "attention.self.key"
            value = prefix + "attention.self.value"
            attentionOutput = prefix + "attention.output.dense"
            attentionNorm = prefix + "attention.output.LayerNorm"
            intermediate = prefix + "intermediate.dense"
            output = prefix + "output.dense"
            outputNorm = prefix + "output.LayerNorm"
        case .distilbert:
            let prefix = "transformer.layer.\(layer)."
            query = prefix + "attention.q_lin"
            key = prefix + "attention.k_lin"
            value = prefix + "attention.v_lin"
            attentionOutput = prefix + "attention.out_lin"
            attentionNorm = prefix + "sa_layer_norm"
            intermediate = prefix + "ffn.lin1"
            output = prefix + "ffn.lin2"
            outputNorm = prefix + "output_layer_norm"
        }
    }
}
