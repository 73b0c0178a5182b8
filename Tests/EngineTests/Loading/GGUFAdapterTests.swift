import TestSupport
import Testing

@testable import Engine

/// Adapters that are written for llama.cpp, read again.
@Suite struct GGUFAdapterTests {
    @Test(arguments: DecoderReferenceTests.models, DecoderReferenceTests.adapters)
    func everyMatrixStandsUnderItsNameInTheRowsOfItsModel(model: String, adapter: String) throws {
        let reference = try DecoderCase(model, adapter)
        let (layout, configuration) = (reference.network.layout, reference.network.backbone.configuration)
        let state = AdapterState(values: try reference.parameters("initial"))
        let bytes = try #require(GGUFAdapter.encode(state, layout: layout, model: configuration))
        let file = try GGUF(bytes: bytes, name: "adapter.gguf")

        #expect(try file.string("general.type") == "adapter")
        #expect(try file.string("adapter.type") == "lora")
        #expect(try file.string("general.architecture") == configuration.modelType.rawValue)
        #expect(try file.float("adapter.lora.alpha") == reference.settings.alpha)
        #expect(file.entries.count == 2 * layout.modules.count)
        let names = [
            "q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output",
            "gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down", "c_attn": "attn_qkv",
            "attn.c_proj": "attn_output", "c_fc": "ffn_up", "mlp.c_proj": "ffn_down"
        ]
        for module in layout.modules {
            let name = "blk.\(module.layer).\(try #require(names[module.module.rawValue])).weight"
            let rank = reference.settings.rank
            let a = try file.rows("\(name).lora_a", shape: [rank, module.inputs]).floats()
            #expect(a == Array(state.values[module.a]), "\(name)")
            let b = try file.rows("\(name).lora_b", shape: [module.outputs, rank]).floats()
            let interleaves =
                configuration.modelType == .llama
                && [.queryProjection, .keyProjection].contains(module.module)
            let size = try #require(configuration.headSizeOfADecoder)
            for row in 0..<module.outputs {
                // Row 2 i + half of a head is row half (size / 2) + i of that head elsewhere.
                let (head, place) = row.quotientAndRemainder(dividingBy: size)
                let source = interleaves ? head * size + place % 2 * (size / 2) + place / 2 : row
                let start = module.b.lowerBound + source * rank
                #expect(b[row * rank..<(row + 1) * rank] == state.values[start..<start + rank], "\(name), row \(row)")
            }
        }
    }

    @Test func anEncoderHasNone() throws {
        let network = try ReferenceCase("tiny-bert-relu").network
        let state = AdapterState(seed: 1, shard: 0, layout: network.layout)
        let model = network.backbone.configuration
        #expect(GGUFAdapter.encode(state, layout: network.layout, model: model) == nil)
    }
}

extension BackboneConfiguration {
    fileprivate var headSizeOfADecoder: Int? {
        if case .decoder(let decoder) = family { decoder.headSize } else { nil }
    }
}
