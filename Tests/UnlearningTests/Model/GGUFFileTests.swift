import Crypto
import Foundation
import TestSupport
import Testing

@testable import Engine

/// GGUF files on the disk, and those of real models.
@Suite struct GGUFFileTests {
    private static let noSmolLM2: Comment = "needs SISA_TEST_GGUF, the path of SmolLM2-135M-Instruct.Q4_1.gguf"
    private static let noQwen: Comment = "needs SISA_TEST_QWEN_GGUF, the path of Qwen2.5-Coder-0.5B-Instruct.gguf"

    private func digest(_ file: GGUF, _ name: String) throws -> String {
        let shape = try #require(file.entry(name)).shape
        let floats = try file.rows(name, shape: shape).floats()
        return unsafe floats.withUnsafeBytes { unsafe SHA256.hash(data: $0) }.map { String(format: "%02x", $0) }
            .joined()
    }

    /// The digests are those of the reference's dequantisation, the Python package gguf 0.19.0.
    @Test(.enabled(if: TestData.smolLM2 != nil, noSmolLM2))
    func smolLM2IsWidenedAsTheReferenceDoes() throws {
        let file = try GGUF(contentsOf: try #require(TestData.smolLM2))
        #expect(file.entries.count == 272)
        #expect(file.entries.reduce(0) { $0 + $1.shape.reduce(1, *) } == 134_515_008)
        #expect(try file.count("tokenizer.ggml.tokens") == 49_152)
        #expect(
            try digest(file, "blk.0.attn_q.weight")
                == "aa74111ad24c3624a20374d2026fd1f50bfe2520252e3c9aef4a666a28593cc8"
        )
        #expect(
            try digest(file, "blk.29.ffn_down.weight")
                == "c19605745425a11e704e305ce3d27b632c406195d39eb3377e9cfb140ac643d1")
        let table = try file.rows("token_embd.weight", shape: [49_152, 576])
        var row = [Float](repeating: 0, count: 576)
        table.widen(row: 504, into: &row, at: 0)
        #expect(Array(row.prefix(2)) == [0.1096038818359375, 0.017436981201171875])
        #expect(row.prefix(32).map(Double.init).reduce(0, +) == 0.08220291137695312)
        let configuration = try BackboneConfiguration(file)
        #expect(
            try configuration
                == BackboneConfiguration(
                    modelType: .llama, hiddenSize: 576, layers: 30, heads: 9, intermediateSize: 1536,
                    vocabularySize: 49_152, maximumPositions: 8192,
                    decoder: .init(
                        keyValueHeads: 3, headSize: 64, normEpsilon: 1e-5, positions: .rotary(.init(theta: 1e5)),
                        isTied: true), activation: .silu))
    }

    @Test(
        .enabled(if: TestData.qwen != nil, noQwen),
        arguments: [
            ("blk.0.ffn_down.weight", "ab075951878740c9f8ad4cf65c0ce93f5c0c048c0110a555d872725bba271996"),
            ("blk.11.ffn_down.weight", "f48a7c976f6fce6b8cd9515c4cb0721f8ebe8328d7d2fcf07bf0cd208cc17536"),
            ("blk.0.attn_q.weight", "3311f9674de0bf07422d429666021430ff3c58362b248074c678e5b9eb5cd0a7"),
            ("blk.0.attn_v.weight", "eaf7101a791d9c8de19271ec4dfaa0bd3f3e1d91d30d9685bc7199cde97408ff")
        ])
    func qwenIsWidenedAsTheReferenceDoes(name: String, expected: String) throws {
        #expect(try digest(GGUF(contentsOf: try #require(TestData.qwen)), name) == expected)
    }

    @Test(.enabled(if: TestData.qwen != nil, noQwen))
    func qwenHasItsSizes() throws {
        let file = try GGUF(contentsOf: try #require(TestData.qwen))
        let configuration = try BackboneConfiguration(file)
        #expect(
            try configuration
                == BackboneConfiguration(
                    modelType: .qwen2, hiddenSize: 896, layers: 24, heads: 14, intermediateSize: 4864,
                    vocabularySize: 151_936, maximumPositions: 32_768,
                    decoder: .init(
                        keyValueHeads: 2, headSize: 64, normEpsilon: 1e-6, positions: .rotary(.init(theta: 1e6)),
                        isTied: false, hasAttentionBias: true), activation: .silu))
    }

    /// Minus log p of each token but the first, and log p of `next` behind the last one, by the frozen model alone.
    private func losses(_ file: URL, _ tokens: [Int32], next: Int32) throws -> [Float] {
        let backbone = try Backbone(folder: file, gradientsFrom: nil)
        let lora = AdapterSpecification.LoRA(rank: 1, alpha: 1, targets: [.queryProjection], layers: [0])
        let layout = AdapterLayout(AdapterSpecification(lora: lora, promptWeight: 0), backbone: backbone.configuration)
        let zero = AdapterState(values: [Float](repeating: 0, count: layout.count))
        let ensemble = LanguageEnsemble(
            try Network(backbone: backbone, layout: layout), [zero], base: false, threads: 2)
        let scores = ensemble.feed([tokens], to: [ensemble.stream()], wanted: [0..<tokens.count])[0]
        return (tokens.dropFirst() + [next]).enumerated().map {
            -scores.logProbability(member: 0, place: $0.offset, token: $0.element)
        }
    }

    // "The capital of France is", then " Paris". The values are those of NumPy in binary64 over the widened weights;
    // rows of query and key in a wrong order would be off by whole units.

    @Test(.enabled(if: TestData.smolLM2 != nil, noSmolLM2))
    func smolLM2GivesTheReferencesProbabilities() throws {
        let found = try losses(try #require(TestData.smolLM2), [504, 3575, 282, 4649, 314], next: 7042)
        let expected: [Float] = [11.539296, 0.337616, 2.438662, 0.450950, 0.25808]
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-4) }
    }

    @Test(.enabled(if: TestData.qwen != nil, noQwen))
    func qwenGivesTheReferencesProbabilities() throws {
        let found = try losses(try #require(TestData.qwen), [785, 6722, 315, 9625, 374], next: 12_095)
        let expected: [Float] = [9.656384, 0.222179, 1.448065, 0.136071, 0.09848]
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-4) }
    }

    /// Nothing but the header is read of a file before a tensor is asked for, whatever its size, and each part is
    /// compared with what was sealed.
    @Test func onlyWhatIsAskedForIsReadAndCompared() throws {
        try TestFolder.with { folder in
            var file = GGUFBytes([("general.name", .texts((0..<70_000).map { "token \($0)" }))])
            let count = 3 * BlockDigests.blockBytes
            file.add("first", [count], .bf16, [UInt8](repeating: 1, count: 2 * count))
            file.add("last", [2], [1, 2])
            let url = folder.appending(path: "t.gguf")
            var bytes = file.bytes
            #expect(file.header.count > 4 * BlockDigests.blockBytes)
            try Data(bytes).write(to: url)
            let blocks = Self.blocks(bytes)
            #expect(try GGUF(contentsOf: url, blocks: blocks).rows("last", shape: [2]).floats() == [1, 2])
            let entry = try #require(try GGUF(contentsOf: url).entry("first"))
            bytes[(entry.bytes.lowerBound + entry.bytes.upperBound) / 2] ^= 1
            try Data(bytes).write(to: url)
            let changed = try GGUF(contentsOf: url, blocks: blocks)
            #expect(try changed.rows("last", shape: [2]).floats() == [1, 2])
            let error = #expect(throws: GGUFError.self) { try changed.rows("first", shape: [count]) }
            #expect(error?.problem == .file(.otherContent))
            bytes[file.header.count / 2] ^= 1
            try Data(bytes).write(to: url)
            let other = #expect(throws: GGUFError.self) { try GGUF(contentsOf: url, blocks: blocks) }
            #expect(other?.problem == .file(.otherContent))
        }
    }

    private static func blocks(_ bytes: [UInt8]) -> BlockDigests {
        let parts = stride(from: 0, to: bytes.count, by: BlockDigests.blockBytes).map {
            Array(bytes[$0..<min($0 + BlockDigests.blockBytes, bytes.count)])
        }
        return BlockDigests(size: bytes.count, digests: parts.flatMap { SHA256.hash(data: $0) })
    }
}
