import Foundation
import TestSupport
import Testing

@testable import Engine

/// Weights of causal models: whatever the file, the layers get the same tensors.
@Suite struct DecoderWeightsTests {
    static let models: [DecoderFiles] = [.llama, .qwen2, .qwen3, .gpt2]

    /// All tensors through the source, compared with what the model has.
    private func check(_ model: DecoderFiles, _ url: URL) throws {
        let folder = try ModelFolder(url)
        let configuration = try BackboneConfiguration(folder)
        let source = try WeightSource(folder: folder, configuration: configuration)
        for (name, shape) in model.tensors {
            let read =
                shape.count == 1
                ? try source.vector(name, shape[0], seeded: 0) : try source.storedMatrix(name, shape).floats()
            #expect(read == model.values(name), "\(name)")
        }
    }

    @Test(arguments: models) func aFileOfHuggingFaceIsReadWithAndWithoutPrefix(model: DecoderFiles) throws {
        for prefix in [true, false] {
            try TestFolder.with { folder in
                try model.write([model.written(prefix: prefix)], to: folder)
                try check(model, folder)
            }
        }
    }

    @Test(arguments: models) func severalFilesAreReadAsOne(model: DecoderFiles) throws {
        try TestFolder.with { folder in
            let all = model.written()
            try model.write([Array(all[..<3]), Array(all[3..<8]), Array(all[8...])], to: folder)
            #expect(try ModelFolder(folder).weights.count == 3)
            try check(model, folder)
        }
    }

    @Test(arguments: models) func aGGUFIsReadInTheOrderOfHuggingFace(model: DecoderFiles) throws {
        try TestFolder.with { folder in
            let url = folder.appending(path: "t.gguf")
            try Data(model.gguf.bytes).write(to: url)
            try check(model, url)
        }
    }

    @Test func seededWeightsNeedNoFile() throws {
        try TestFolder.with { folder in
            let json =
                #"{"model_type":"llama","hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"#
                + #""intermediate_size":16,"vocab_size":9,"initializer_seed":5}"#
            try Data(json.utf8).write(to: folder.appending(path: "config.json"))
            let model = try ModelFolder(folder)
            let source = try WeightSource(folder: model, configuration: try BackboneConfiguration(model))
            let matrix = try source.storedMatrix("model.layers.0.mlp.up_proj.weight", [16, 8]).floats()
            #expect(Set(matrix).count > 100 && matrix.allSatisfy { abs($0) <= 1 / Float(8).squareRoot() })
            #expect(try source.table("model.embed_tokens.weight", [9, 8]).contains { abs($0) > 0.5 })
            #expect(try source.vector("model.norm.weight", 8, seeded: 1) == [Float](repeating: 1, count: 8))
            let table = try source.storedTable("model.embed_tokens.weight", [9, 8])
            #expect(try table.floats() == source.table("model.embed_tokens.weight", [9, 8]))
        }
    }

    private func source(_ model: DecoderFiles, _ tensors: [SafeTensors.WrittenTensor]) throws -> WeightSource {
        try TestFolder.with { folder in
            try model.write([tensors], to: folder)
            return try WeightSource(folder: ModelFolder(folder), configuration: model.configuration)
        }
    }

    @Test(arguments: models) func aMissingTensorIsNamed(model: DecoderFiles) throws {
        let all = model.written()
        for (place, tensor) in all.enumerated() {
            var some = all
            some.remove(at: place)
            let error = #expect(throws: SafeTensorsError.self) { try source(model, some) }
            #expect(error?.problem == .missingTensor(tensor.name))
        }
    }

    @Test(arguments: models) func aTensorThatNoSuchModelHasIsNamed(model: DecoderFiles) throws {
        let extra: SafeTensors.WrittenTensor = ("model.layers.0.mlp.experts.weight", [1], .f32, [0])
        let error = #expect(throws: NetworkError.self) { try source(model, model.written() + [extra]) }
        #expect(error == .unknownTensor("model.layers.0.mlp.experts.weight", file: "model.safetensors"))
        #expect(error?.description.hasPrefix("model.safetensors: there is a tensor") == true)
        var file = model.gguf
        file.add("blk.0.extra.weight", [1], [0])
        let bytes = file.bytes
        try TestFolder.with { folder in
            let url = folder.appending(path: "t.gguf")
            try Data(bytes).write(to: url)
            let error = #expect(throws: NetworkError.self) { try check(model, url) }
            #expect(error == .unknownTensor("blk.0.extra.weight", file: "t.gguf"))
        }
    }

    @Test func tablesThatAreComputedAnywayArePassedOver() throws {
        let buffers: [SafeTensors.WrittenTensor] = [
            ("model.layers.0.self_attn.rotary_emb.inv_freq", [2], .f32, [1, 2]), ("lm_head.weight", [1], .f32, [0])
        ]
        _ = try source(.qwen2, DecoderFiles.qwen2.written() + buffers)
        let masks: [SafeTensors.WrittenTensor] = [
            ("transformer.h.0.attn.bias", [1, 1, 7, 7], .f32, [Float](repeating: 1, count: 49)),
            ("transformer.h.0.attn.masked_bias", [], .f32, [-1e4])
        ]
        _ = try source(.gpt2, DecoderFiles.gpt2.written() + masks)
    }

    @Test func aTensorOfAnotherShapeIsNamed() throws {
        let source = try source(.llama, DecoderFiles.llama.written())
        let error = #expect(throws: SafeTensorsError.self) {
            try source.storedMatrix("model.embed_tokens.weight", [12, 9])
        }
        #expect(error?.problem == .wrongShape(tensor: "model.embed_tokens.weight", found: [9, 12], expected: [12, 9]))
    }

    // MARK: Index

    private func index(_ change: (inout String) -> Void) throws -> WeightIndexError.Problem? {
        try TestFolder.with { folder in
            let (model, all) = (DecoderFiles.llama, DecoderFiles.llama.written())
            try model.write([Array(all[..<3]), Array(all[3...])], to: folder)
            let url = folder.appending(path: ModelFolder.indexName)
            var text = try String(contentsOf: url, encoding: .utf8)
            change(&text)
            try Data(text.utf8).write(to: url)
            let error = #expect(throws: WeightIndexError.self) { try check(model, folder) }
            #expect(error?.description.hasPrefix("model.safetensors.index.json: ") == true)
            return error?.problem
        }
    }

    @Test func anIndexThatDoesNotFitItsFilesIsRefused() throws {
        let (first, second) = ("model-1-of-2.safetensors", "model-2-of-2.safetensors")
        #expect(
            try index { $0 = $0.replacing("\"model.norm.weight\":\"\(first)\",", with: "") }
                == .unnamedTensor("model.norm.weight", file: first, named: nil))
        #expect(
            try index {
                $0 = $0.replacing("\"model.norm.weight\":\"\(first)\"", with: "\"model.norm.weight\":\"\(second)\"")
            }
                == .unnamedTensor("model.norm.weight", file: first, named: second))
        #expect(
            try index { $0 = $0.replacing("\"weight_map\":{", with: "\"weight_map\":{\"x\":\"\(first)\",") }
                == .missingTensor("x", file: first))
        guard case .wrongTotal = try index({ $0 = $0.replacing("\"total_size\":", with: "\"total_size\":1") }) else {
            Issue.record("a wrong size was accepted")
            return
        }
    }

    @Test(arguments: [
        ("[]", WeightIndexError.Problem.wrongType(field: "the index", found: "an array", expected: "an object")),
        ("{}", .missingField("weight_map")), (#"{"weight_map":{}}"#, .noTensors),
        (#"{"weight_map":[]}"#, .wrongType(field: "weight_map", found: "an array", expected: "an object")),
        (
            #"{"weight_map":{"w":1}}"#,
            .wrongType(field: "weight_map.w", found: "the number 1", expected: "a file's name")
        ),
        (
            #"{"weight_map":{"w":"a.safetensors"},"metadata":{"total_size":1.5}}"#,
            .wrongType(
                field: "metadata.total_size", found: "the number 1.5", expected: "a whole number from 0 on")
        ), (#"{"weight_map":{"w":"a.bin"}}"#, .badFileName(tensor: "w", found: "a.bin"))
    ])
    func anIndexThatIsNoneIsRefused(text: String, problem: WeightIndexError.Problem) throws {
        #expect(try index { $0 = text } == problem)
    }

    @Test func anIndexOfTooManyFilesIsRefused() throws {
        let map = (0...WeightIndex.fileLimit).map { "\"\($0)\":\"\($0).safetensors\"" }.joined(separator: ",")
        let limit = WeightIndex.fileLimit
        #expect(try index { $0 = "{\"weight_map\":{\(map)}}" } == .tooManyFiles(limit + 1, limit: limit))
    }

    @Test func aFileThatAnIndexNamesAndIsMissingIsNamed() throws {
        try TestFolder.with { folder in
            let (model, all) = (DecoderFiles.llama, DecoderFiles.llama.written())
            try model.write([Array(all[..<3]), Array(all[3...])], to: folder)
            let gone = folder.appending(path: "model-2-of-2.safetensors")
            try FileManager.default.removeItem(at: gone)
            let error = #expect(throws: NetworkError.self) { try check(model, folder) }
            #expect(error == .noWeights(path: gone.path))
        }
    }
}
