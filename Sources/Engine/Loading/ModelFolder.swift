package import Foundation

/// A folder with a pretrained model, as Hugging Face has it: which of its files decide what a text becomes.
///
/// Weights are in one safetensors file; an index of several is not followed. Nothing else knows the names of files with
/// weights.
package struct ModelFolder: Sendable {
    /// The name of the only file of weights in a folder that is not split.
    package static let singleWeights = "model.safetensors"

    /// Where it lies.
    package let url: URL
    /// The names of the files with weights; one of them has to be there unless the weights are seeded.
    package let weights: [String]

    /// A folder whose weights are in one file.
    package init(_ url: URL) {
        self.init(url, weights: [Self.singleWeights])
    }

    /// A folder whose weights are in files of these names.
    init(_ url: URL, weights: [String]) {
        self.url = url
        self.weights = weights
    }

    /// Where the sizes of the model are stated.
    package var configuration: URL { url.appending(path: configurationName) }

    /// The name of the file that states the sizes of the model.
    package var configurationName: String { "config.json" }

    /// The names of the files that decide which tokens a text has; not all of them need be there.
    package var tokenizerFiles: [String] {
        [
            TokenizerDefinition.jsonName, TokenizerDefinition.configurationName, TokenizerDefinition.vocabularyName
        ] + TokenizerSideFiles.deciding(in: url)
    }

    /// The names of all files that decide what a text becomes, in the order in which a backbone's digest takes them.
    package var files: [String] { [configurationName] + weights + tokenizerFiles }
}
