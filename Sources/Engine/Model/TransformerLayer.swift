/// One frozen layer of a backbone, of whatever family: what passes through the network ask of it.
enum TransformerLayer: Sendable {
    case encoder(EncoderLayer)
    case decoder(DecoderLayer)

    /// Reads layer `layer` of a backbone; `needsGradient` packs its matrices for the backward products too.
    init(_ source: WeightSource, layer: Int, needsGradient: Bool) throws {
        switch source.configuration.family {
        case .encoder(let encoder):
            self = .encoder(try EncoderLayer(source, encoder, layer: layer, needsGradient: needsGradient))
        case .decoder(let decoder):
            self = .decoder(try DecoderLayer(source, decoder, layer: layer, needsGradient: needsGradient))
        }
    }

    /// input (tokens, hidden) -> buffers.result (tokens, hidden). Keeps in `buffers` what the backward pass needs.
    func forward(_ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter?) {
        switch self {
        case .encoder(let layer):
            layer.queryKeyValue.forward(rows: chunk.tokens, input, into: &buffers.queryKeyValue)
            layer.forwardFromProjections(chunk, input, &buffers, lora)
        case .decoder(let layer): layer.forward(chunk, input, &buffers, lora)
        }
    }

    /// The gradient of the layer's result, in `buffers.dOutputSum` (tokens, hidden), travels down to its LoRA matrices
    /// and, where `needsInput`, to the layer's input, (tokens, hidden).
    func backward(
        _ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter, needsInput: Bool,
        dInput: inout [Float]
    ) {
        switch self {
        case .encoder(let layer):
            layer.backward(chunk, &buffers, lora, needsInput: needsInput, dInput: &dInput)
        case .decoder(let layer):
            layer.backward(chunk, input, &buffers, lora, needsInput: needsInput, dInput: &dInput)
        }
    }

    /// What an adapted matrix read, and the gradient of what it gave; `input` is the layer's own, (tokens, hidden).
    func operands(of module: TargetModule, rows: Int, input: [Float], _ buffers: LayerBuffers) -> LoRAOperands {
        switch self {
        case .encoder(let layer): layer.operands(of: module, rows: rows, input: input, buffers)
        case .decoder(let layer): layer.operands(of: module, rows: rows, buffers)
        }
    }

    /// The layer of an encoder, of which classifications ask more.
    var encoder: EncoderLayer {
        guard case .encoder(let layer) = self else { preconditionFailure("a label is asked of a causal model") }
        return layer
    }

    /// The layer of a causal model, of which generations ask more.
    var decoder: DecoderLayer {
        guard case .decoder(let layer) = self else { preconditionFailure("a token is asked of an encoder") }
        return layer
    }
}
