import Crypto
import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Unlearning

/// What a ledger keeps of a backbone's files, and its form, which ledgers of any age have.
@Suite struct BackboneSealTests {
    private static let bytes = Data((0..<BlockDigests.blockBytes + 5).map { UInt8(truncatingIfNeeded: $0 % 251) })

    /// A folder with a configuration and files of weights.
    private func with(_ weights: [String], _ body: (URL) throws -> Void) throws {
        try TestFolder.with { folder in
            try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
            for name in weights { try Self.bytes.write(to: folder.appending(path: name)) }
            try body(folder)
        }
    }

    private static func digest(_ bytes: some DataProtocol) -> Data { Data(SHA256.hash(data: bytes)) }

    private static let blocks =
        digest(bytes.prefix(BlockDigests.blockBytes)) + digest(bytes.dropFirst(BlockDigests.blockBytes))

    private static func old(_ names: [String: Data], weightBytes: Int, weightBlocks: Data) -> String {
        let files = names.sorted { $0.key < $1.key }.map {
            #"{"digest":"\#($0.value.base64EncodedString())","name":"\#($0.key)"}"#
        }
        return #"{"files":[\#(files.joined(separator: ","))],"weightBlocks":"\#(weightBlocks.base64EncodedString())","#
            + #""weightBytes":\#(weightBytes)}"#
    }

    /// Without slashes that one encoder escapes and another does not.
    private static func text(_ data: Data) -> String {
        String(decoding: data, as: UTF8.self).replacing("\\/", with: "/")
    }

    @Test func oneFileOfWeightsHasTheFormOfOldLedgers() throws {
        try with(["model.safetensors"]) { folder in
            let seal = try BackboneSeal(folder: folder)
            let expected = Self.old(
                ["config.json": Self.digest(Data("{}".utf8)), "model.safetensors": Self.digest(Self.bytes)],
                weightBytes: Self.bytes.count, weightBlocks: Self.blocks)
            #expect(Self.text(try SortedJSON.encode(seal)) == expected)
            #expect(try JSONDecoder().decode(BackboneSeal.self, from: Data(expected.utf8)) == seal)
            #expect(
                seal.blocks == [
                    "model.safetensors": BlockDigests(size: Self.bytes.count, digests: Array(Self.blocks))
                ])
        }
    }

    @Test func aFolderWithoutWeightsHasTheFormOfOldLedgers() throws {
        try with([]) { folder in
            let seal = try BackboneSeal(folder: folder)
            let expected = Self.old(
                ["config.json": Self.digest(Data("{}".utf8))], weightBytes: 0, weightBlocks: Data())
            #expect(Self.text(try SortedJSON.encode(seal)) == expected)
            #expect(try JSONDecoder().decode(BackboneSeal.self, from: Data(expected.utf8)) == seal)
            #expect(seal.blocks.isEmpty)
            let forged = Self.old(
                ["config.json": Self.digest(Data("{}".utf8))], weightBytes: 1, weightBlocks: Data())
            #expect(try JSONDecoder().decode(BackboneSeal.self, from: Data(forged.utf8)) != seal)
        }
    }

    @Test func eachOfSeveralFilesOfWeightsKeepsItsBlocks() throws {
        let names = ["model-1.safetensors", "model-2.safetensors"]
        try with(names) { folder in
            let seal = try BackboneSeal(ModelFolder(folder, weights: names))
            #expect(seal.files.map(\.name) == ["config.json"] + names)
            #expect(Set(seal.blocks.keys) == Set(names))
            #expect(seal.blocks.values.allSatisfy { $0.size == Self.bytes.count && $0.digests == Array(Self.blocks) })
            let again = try JSONDecoder().decode(BackboneSeal.self, from: try SortedJSON.encode(seal))
            #expect(again == seal)
        }
    }

    /// A file is sealed as a whole and by its parts, and may be renamed and moved as a folder may.
    @Test func aGGUFFileIsSealedWhateverItsName() throws {
        try TestFolder.with { folder in
            let (first, second) = (folder.appending(path: "a.gguf"), folder.appending(path: "B.GGUF"))
            for url in [first, second] { try Self.bytes.write(to: url) }
            let seal = try BackboneSeal(folder: first)
            #expect(seal.files.map(\.name) == ["model.gguf"] && seal.files[0].digest == Self.digest(Self.bytes))
            #expect(
                seal.blocks == [
                    "model.gguf": BlockDigests(size: Self.bytes.count, digests: Array(Self.blocks))
                ])
            #expect(try BackboneSeal(folder: second) == seal)
            #expect(try JSONDecoder().decode(BackboneSeal.self, from: SortedJSON.encode(seal)) == seal)
            #expect(try seal.holds("model.gguf", in: ModelFolder(second)))
            try (Self.bytes + [0]).write(to: second)
            #expect(try BackboneSeal(folder: second).digest != seal.digest)
            #expect(try !seal.holds("model.gguf", in: ModelFolder(second)))
        }
    }

    /// A causal model of a letter for each token, whose file is changed between the look at its sizes and its tokens.
    @Test func theTokensOfAGGUFFileAreComparedWithTheSeal() throws {
        func file(_ letters: [String]) -> [UInt8] {
            var file = GGUFBytes([
                ("general.architecture", .text("llama")), ("llama.embedding_length", .u32(8)),
                ("llama.block_count", .u32(1)), ("llama.attention.head_count", .u32(2)),
                ("llama.attention.head_count_kv", .u32(2)), ("llama.feed_forward_length", .u32(16)),
                ("llama.context_length", .u32(64)), ("llama.attention.layer_norm_rms_epsilon", .f32(1e-5)),
                ("llama.vocab_size", .u32(4)), ("tokenizer.ggml.model", .text("gpt2")),
                ("tokenizer.ggml.pre", .text("gpt-2")), ("tokenizer.ggml.tokens", .texts(letters + ["<end>"])),
                ("tokenizer.ggml.token_type", .i32s([1, 1, 1, 3])), ("tokenizer.ggml.merges", .texts([])),
                ("tokenizer.ggml.eos_token_id", .u32(3))
            ])
            file.add("token_embd.weight", [4, 8], [Float](repeating: 1, count: 32))
            return file.bytes
        }
        try TestFolder.with { folder in
            let url = folder.appending(path: "model.gguf")
            try Data(file(["a", "b", "c"])).write(to: url)
            var recipe = try Recipe.load(folder: TestData.root.appending(path: "shards/toy-lm"))
            recipe.generation?.template = .plain
            let seal = try BackboneSeal(folder: url)
            func model() throws -> Model { try Model(recipe, backbone: url, training: false, seal: seal) }
            #expect(try model().records.tokenizer.encode("cab") == [2, 0, 1])
            let late = try model()
            try Data(file(["b", "a", "c"])).write(to: url)
            #expect(throws: ModelError.self) { try late.records }
        }
    }

    @Test func theIndexOfSeveralFilesIsSealedWithThem() throws {
        let names = ["a.safetensors", "b.safetensors"]
        try with(names) { folder in
            let index = folder.appending(path: "model.safetensors.index.json")
            try Data(#"{"weight_map":{"v":"b.safetensors","w":"a.safetensors"}}"#.utf8).write(to: index)
            let seal = try BackboneSeal(folder: folder)
            #expect(seal.files.map(\.name) == ["config.json", "model.safetensors.index.json"] + names)
            #expect(Set(seal.blocks.keys) == Set(names))
            // Where there is one file, the index says nothing.
            try Self.bytes.write(to: folder.appending(path: "model.safetensors"))
            #expect(try BackboneSeal(folder: folder).files.map(\.name) == ["config.json", "model.safetensors"])
        }
    }
}
