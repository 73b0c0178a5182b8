package import Foundation

/// Where tests find files that are not in the repository.
///
/// They are large or not ours to pass on. A test that needs one is enabled only where it is there:
/// `@Test(.enabled(if: TestData.miniLM != nil, "needs .downloads/minilm-l6"))`.
package enum TestData {
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A folder with config.json, model.safetensors, tokenizer.json and vocab.txt.
    package static let miniLM = existing(downloads.appending(path: "minilm-l6"), "model.safetensors")

    /// A folder with drugsComTrain.tsv and drugsComTest.tsv.
    package static let drugReviews = existing(downloads.appending(path: "drug-reviews"), "drugsComTrain.tsv")

    /// A folder with train.csv and test.csv, columns text and category.
    package static let banking77 = existing(
        ProcessInfo.processInfo.environment["SISA_BANKING77"].map { URL(filePath: $0) }
            ?? root.deletingLastPathComponent().appending(path: "shared/data/banking77"), "train.csv")

    /// SmolLM2-135M-Instruct as one GGUF file, mostly Q4_1.
    package static let smolLM2 =
        variable("SISA_TEST_GGUF")
        ?? existing(downloads.appending(path: "smollm2"), smolLM2Name).map { $0.appending(path: smolLM2Name) }

    private static let smolLM2Name = "SmolLM2-135M-Instruct.Q4_1.gguf"

    /// Qwen2.5-Coder-0.5B-Instruct as one GGUF file, of five types.
    package static let qwen = variable("SISA_TEST_QWEN_GGUF")

    /// The file that a variable of the environment names.
    private static func variable(_ name: String) -> URL? {
        ProcessInfo.processInfo.environment[name].map { URL(filePath: $0) }
    }

    private static let downloads = root.appending(path: ".downloads")

    private static func existing(_ folder: URL, _ file: String) -> URL? {
        FileManager.default.fileExists(atPath: folder.appending(path: file).path) ? folder : nil
    }
}
