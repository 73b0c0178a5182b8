/// One frozen layer of a causal model: norm, attention, norm, feed-forward, each added to what came in.
struct DecoderLayer: Sendable {
    init(
        _ source: WeightSource, _ decoder: BackboneConfiguration.Decoder, layer: Int, needsGradient: Bool
    ) throws {
        preconditionFailure("a decoder's layers are not read yet")
    }

    func project(rows: Int, _ input: [Float], into projections: inout [Float]) {}

    func forwardFromProjections(
        _ chunk: Chunk, _ input: [Float], _ buffers: inout LayerBuffers, _ lora: LayerAdapter?
    ) {}

    func backward(
        _ chunk: Chunk, _ buffers: inout LayerBuffers, _ lora: LayerAdapter, needsInput: Bool,
        dInput: inout [Float]
    ) {}

    func operands(of module: TargetModule, rows: Int, input: [Float], _ buffers: LayerBuffers) -> LoRAOperands {
        preconditionFailure("a decoder adapts nothing yet")
    }
}
