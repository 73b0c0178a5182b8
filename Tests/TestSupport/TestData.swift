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

    private static let downloads = root.appending(path: ".downloads")

    private static func existing(_ folder: URL, _ file: String) -> URL? {
        FileManager.default.fileExists(atPath: folder.appending(path: file).path) ? folder : nil
    }
}
