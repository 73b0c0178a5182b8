import Engine
import Foundation
import Testing

/// Vocabularies of published models against the ids that come with them: the files `ggml-vocab-NAME.gguf` of llama.cpp,
/// beside which lie texts (`.inp`) and their ids (`.out`).
@Suite struct VocabularyTests {
    private static let folder = ProcessInfo.processInfo.environment["SISA_TEST_VOCABULARIES"].map {
        URL(filePath: $0)
    }

    @Test(
        .enabled(if: folder != nil, "needs the folder models of llama.cpp (SISA_TEST_VOCABULARIES)"),
        arguments: ["gpt-2", "llama-bpe", "qwen2", "refact", "starcoder", "mpt", "llama-spm", "phi-3"])
    func theIdsOfAVocabularyAreThePublishedOnes(name: String) throws {
        let file = try #require(Self.folder).appending(path: "ggml-vocab-\(name).gguf")
        let tokenizer = try Tokenizer(folder: file)
        let texts = try String(contentsOf: file.appendingPathExtension("inp"), encoding: .utf8)
            .components(separatedBy: "\n__ggml_vocab_test__\n")
        let lines = try String(contentsOf: file.appendingPathExtension("out"), encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count > 40)
        for (text, line) in zip(texts, lines) {
            let expected = line.split(separator: " ").compactMap { Int32($0) }
            #expect(tokenizer.encode(text) == expected, "\(text.debugDescription)")
        }
    }

    @Test(.enabled(if: folder != nil, "needs the folder models of llama.cpp (SISA_TEST_VOCABULARIES)"))
    func aVocabularyThatIsSplitInAnUnknownWayIsRefusedByName() throws {
        let file = try #require(Self.folder).appending(path: "ggml-vocab-falcon.gguf")
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(folder: file) }
        #expect(error?.description.contains(#"tokenizer.ggml.pre is "falcon""#) == true)
    }
}
